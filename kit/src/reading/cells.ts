// Single cells to the words of the field: identifiers, answers, year groups, schools. Strips what a
// spreadsheet put around a value, and repairs nothing that it lost. The mirror of the daemon's
// `reading::cells`.

import { parseLaestab, parseUln, parseUpn, parseUrn } from "../domain/identifiers";
import {
  asciiLower,
  asciiUpper,
  hasLetter,
  isOnlyLettersAndNumerals,
  lettersAndNumerals,
  trimSpaces,
  utf8Length,
} from "../domain/letters";
import {
  bad,
  BLANK,
  read,
  type Answer,
  type Cell,
  type SchoolNamed,
  type Withdrawal,
} from "../domain/list";
import { rules } from "../rules";
import type { Value } from "./table";

/** The text within `="0123"`, or behind the apostrophe of `'0123`. */
export function unwrapped(text: string): string {
  const bare = unquoted(text);
  return trimSpaces(bare.startsWith("'") ? bare.slice(1) : bare);
}

/** The text within `="Smith"`. A name may begin with an apostrophe of its own (`'t Hooft`). */
export function unquoted(text: string): string {
  const wrapped = text.startsWith('="') && text.endsWith('"') && text.length > 2;
  return trimSpaces(wrapped ? text.slice(2, -1) : text);
}

/** A UPN: its case and inner spaces do not matter. */
export function readUpn(text: string): Cell<string> {
  const bare = unwrapped(text);
  if (bare === "") return BLANK;
  const upn = parseUpn(bare) ?? parseUpn(asciiUpper(bare.replace(SPACES, "")));
  return upn === undefined ? bad("upn-invalid") : read(upn);
}

/** A ULN: `.0` at its end is stripped, lost digits are not. */
export function readUln(text: string): Cell<string> {
  const bare = unwrapped(text);
  if (bare === "") return BLANK;
  const uln = parseUln(withoutFraction(bare));
  return uln === undefined ? bad("uln-invalid") : read(uln);
}

/** What a consent column says: a closed list of yes words is consent, and nothing else is. */
export function readAnswer(value: Value): Answer {
  const what = said(value);
  return what === "yes" || what === "no" ? what : "unclear";
}

/** What a withdrawn column says where it tells no date: whatever is no plain no withdraws. */
export function readWithdrawal(value: Value): Withdrawal {
  const what = said(value);
  const word = unwrapped(value.text).toLowerCase();
  // `Declined` and `Withdrawn` are a no to consent, and a yes to having withdrawn.
  const declined = rules.withdrawals.declined.includes(word);
  const none = rules.withdrawals.none.includes(word);
  return what === "nothing" || (what === "no" && !declined) || none ? { is: "no" } : { is: "yes" };
}

/** Which of the two columns it is: a yes in a SEN column is no EHCP. */
export type PlanColumn = "ehcp" | "sen";

/** Whether an EHCP or SEN column says that there is an Education, Health and Care plan. */
export function readPlan(value: Value, column: PlanColumn): boolean {
  const letters = lettersAndNumerals(value.text).toLowerCase();
  return rules.plans.includes(letters) || (column === "ehcp" && said(value) === "yes");
}

/** `11`, `Year 11`, `Yr11`, `Y11`, `11A`. */
export function readYearGroup(text: string): number | undefined {
  const [, digits = "", behind = ""] = YEAR_GROUP.exec(asciiLower(unwrapped(text))) ?? [];
  const year = Number(digits);
  const form = trimSpaces(behind);
  const short = utf8Length(form) <= 4 && isOnlyLettersAndNumerals(form);
  return short && year >= 1 && year <= 14 ? year : undefined;
}

/** Whether a column of schools may hold names. */
export type SchoolColumn = "number" | "name";

/** The school that a row names. */
export function readSchool(text: string, column: SchoolColumn): Cell<SchoolNamed> {
  const bare = unwrapped(text);
  if (bare === "") return BLANK;
  const number = readSchoolNumber(bare);
  if (number !== undefined) return read(number);
  return column === "name" && hasLetter(bare) ? read({ is: "name" }) : bad("wrong-school");
}

/** A LAESTAB in any spelling, or a URN. */
export function readSchoolNumber(text: string): SchoolNamed | undefined {
  const bare = withoutFraction(text);
  const laestab = parseLaestab(bare);
  if (laestab !== undefined) return { is: "laestab", number: laestab };
  const urn = parseUrn(bare);
  return urn === undefined ? undefined : { is: "urn", number: urn };
}

function said(value: Value): "nothing" | "yes" | "no" | "other" {
  const text = withoutSelectors(unwrapped(value.text));
  if (text === "") return "nothing";
  if (value.kind === "date") return "other";
  const word = asciiLower(text);
  if (rules.answers.yes.includes(word)) return "yes";
  return rules.answers.no.includes(word) ? "no" : "other";
}

// A tick may end in a character that tells to draw it in colour.
function withoutSelectors(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === "\ufe0f") end -= 1;
  return text.slice(0, end);
}

function withoutFraction(text: string): string {
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

const SPACES = /[\p{White_Space}\u200b]+/gu;
const YEAR_GROUP = /^(?:year|yr|y)?[ .]*([0-9]+)(.*)$/s;
