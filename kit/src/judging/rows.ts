// What one row says of its pupil, and what is wrong with its cells. It knows no other row.

import { birthday } from "../domain/cohorts";
import type { Day } from "../domain/days";
import type { Cell, Columns, ListRow, PupilList } from "../domain/list";
import type { Code } from "../domain/problem";
import { rules } from "../rules";
import { identify, traitsOf, valueOf, type Traits } from "./identity";
import type { ListKind } from "./judgement";

/** One row, understood. */
export interface Row {
  /** What stood in it. */
  readonly told: ListRow;
  /** Whom it is about, in the forms that are compared. */
  readonly traits: Traits;
  readonly claim: Claim;
  /** What is wrong with its cells. */
  readonly faults: readonly Fault[];
}

/** What a row says of its pupil's consent. */
export type Claim =
  | { readonly is: "yes"; readonly day: Day | undefined }
  | { readonly is: "unclear" }
  /** A plain No. */
  | { readonly is: "no" }
  | { readonly is: "withdrawn" };

/** What is wrong with a cell. */
export interface Fault {
  readonly code: Code;
  readonly column: string | null;
}

/** All rows of a list, in the order of their numbers. */
export function understood(kind: ListKind, list: PupilList, today: Day): Row[] {
  const rows = [...list.rows].sort((a, b) => a.number - b.number);
  return rows.map((told) => {
    const traits = traitsOf(told);
    const claim = claimOf(kind, told);
    return { told, traits, claim, faults: faultsOf(told, list.columns, claim, traits, today) };
  });
}

/** Whether the row stops sharing for its pupil. */
export function withdraws(row: Row): boolean {
  return row.claim.is === "no" || row.claim.is === "withdrawn";
}

/**
 * Whether the row can't be used for what it says. "Withdrawals and plain Noes always take effect", so
 * whoever withdraws need only be told well enough to be found.
 */
export function isBad(row: Row): boolean {
  if (row.claim.is !== "withdrawn") return row.faults.length > 0;
  return !identify(row.traits) || row.faults.some(({ code }) => code === "dob-out-of-range");
}

/** Whether the row can speak for its pupil against another row: a bad one gives no consent, but takes it. */
export function speaks(row: Row): boolean {
  return withdraws(row) || !isBad(row);
}

// In a file of withdrawals each row withdraws, whatever its consent column says; else "withdrawn, whatever
// the consent column says".
function claimOf(kind: ListKind, row: ListRow): Claim {
  if (kind === "withdrawal" || row.withdrawn.is !== "no") return { is: "withdrawn" };
  switch (row.answer) {
    case "no-column":
    case "yes":
      return { is: "yes", day: valueOf(row.consentedOn) };
    case "no":
      return { is: "no" };
    case "unclear":
      return { is: "unclear" };
  }
}

function faultsOf(
  row: ListRow,
  columns: Columns,
  claim: Claim,
  traits: Traits,
  today: Day,
): Fault[] {
  // A withdrawal that is told well enough misses nothing.
  const complete = claim.is === "withdrawn" && identify(traits);
  const missing = (code: Code) => (complete ? undefined : code);

  const forename = fault(row.forename, missing("forename-missing"));
  const surname = fault(row.surname, missing("surname-missing"));
  const oneColumn = columns.forename !== null && columns.forename === columns.surname;
  const found: [Code | undefined, string | null][] = [
    [oneColumn && forename === surname ? undefined : forename, columns.forename],
    [surname, columns.surname],
    [bornFault(row.born, missing("dob-missing"), today), columns.born],
    [fault(row.upn), columns.upn],
    [fault(row.uln), columns.uln],
    [fault(row.school), columns.school],
  ];
  // The day of consent of those who did not consent is nobody's concern.
  if (claim.is === "yes") {
    const future = claim.day !== undefined && claim.day > today;
    const code = fault(row.consentedOn) ?? (future ? "consent-date-in-future" : undefined);
    found.push([code, columns.consentDate]);
  }
  return found.flatMap(([code, column]) => (code === undefined ? [] : [{ code, column }]));
}

function bornFault(born: Cell<Day>, missing: Code | undefined, today: Day): Code | undefined {
  const day = valueOf(born);
  if (day === undefined) return fault(born, missing);
  return isAPupil(day, today) ? undefined : "dob-out-of-range";
}

function fault(cell: Cell<unknown>, missing?: Code): Code | undefined {
  switch (cell.is) {
    case "blank":
      return missing;
    case "read":
      return undefined;
    case "bad":
      return cell.code;
  }
}

/** Whether someone born on this day can be on a school's list. */
function isAPupil(born: Day, today: Day): boolean {
  const { youngest_pupil: youngest, oldest_pupil: oldest } = rules.ages;
  return birthday(born, youngest) <= today && today < birthday(born, oldest + 1);
}
