// What people write into the cells of a list: mostly right, sometimes nearly, sometimes anything.

import { rules } from "../../src/rules";
import type { Dice } from "./dice";

/** What a column of a made list is about. */
export type Column =
  | "forename"
  | "surname"
  | "name"
  | "born"
  | "upn"
  | "uln"
  | "consent"
  | "consent-date"
  | "withdrawn"
  | "year-group"
  | "sen"
  | "school"
  | "other";

/** A header for it: in a plain list one that is known, else any, in any dress. */
export function headerFor(dice: Dice, column: Column, plain: boolean): string {
  if (plain && dice.chance(70)) return HEADERS[column][0]!;
  if (dice.chance(plain ? 1 : 5)) return dressed(dice, dice.one(STRANGE));
  const known = rules.aliases.filter(([, field]) => field === FIELDS[column]);
  if (known.length > 0 && dice.chance(plain ? 90 : 40)) return dice.one(known)[0] as string;
  return dressed(dice, dice.one(HEADERS[column]));
}

/** A cell of it, in one of the two habits that a list has (`plain` lists are mostly right). */
export function cellFor(dice: Dice, column: Column, plain: boolean): string {
  if (dice.chance(plain ? 2 : 12)) return dice.one(ANYTHING);
  const value = VALUES[column](dice, plain);
  if (dice.chance(plain ? 2 : 10)) return ` ${value}${dice.one([" ", "\u00a0", "\u200b", "\t"])}`;
  return dice.chance(plain ? 1 : 8) ? spoilt(dice, value) : value;
}

const HEADERS: Record<Column, readonly string[]> = {
  forename: ["Forename", "First name", "Legal forename", "Given name", "Preferred forename"],
  surname: ["Surname", "Last name", "Legal surname", "Family name", "Preferred surname"],
  name: ["Name", "Pupil name", "Full name"],
  born: ["Date of birth", "DOB", "D.O.B.", "Birth date", "Birth date (dd/mm/yyyy)", "Birthday"],
  upn: ["UPN", "Unique Pupil Number", "Former UPN"],
  uln: ["ULN", "Unique learner number"],
  consent: ["Consent", "Consented", "Consent given", "Opted out", "Parental consent", "Agreed?"],
  "consent-date": ["Consent date", "Date of consent", "Consented on"],
  withdrawn: ["Withdrawn", "Consent withdrawn", "Withdrawn on", "Date withdrawn"],
  "year-group": ["Year group", "NC year", "Year"],
  sen: ["SEN status", "EHCP", "SEN"],
  school: ["School", "LAESTAB", "URN", "DfE number", "School name"],
  other: ["Notes", "Photo consent", "Form", "", "Tutor group", "Consent to trips", "№"],
};

const FIELDS: Record<Column, string> = {
  forename: "forename",
  surname: "surname",
  name: "whole_name",
  born: "born",
  upn: "upn",
  uln: "uln",
  consent: "consent",
  "consent-date": "consent_date",
  withdrawn: "withdrawn",
  "year-group": "year_group",
  sen: "ehcp",
  school: "school",
  other: "",
};

const STRANGE = [
  "Dáte of birth",
  "ＤＯＢ",
  "Nom",
  "Forename*",
  "1",
  "Surname (legal)",
  "Ñame",
  "ﬁrst name",
];

const VALUES: Record<Column, (dice: Dice, plain: boolean) => string> = {
  forename: name,
  surname: name,
  name: (dice, plain) =>
    dice.chance(plain ? 90 : 50)
      ? `${name(dice, plain)}, ${name(dice, plain)}`
      : dice.one([
          `${name(dice, plain)} ${name(dice, plain)}`,
          `${name(dice, plain)},${name(dice, plain)},`,
          name(dice, plain),
          `Mr ${name(dice, plain)} ${name(dice, plain)} Jr`,
        ]),
  born: (dice, plain) => date(dice, plain, dice.chance(plain ? 98 : 80) ? 2009 : 1960, 2),
  upn: (dice, plain) => (dice.chance(plain ? 40 : 20) ? "" : upn(dice, plain)),
  uln: (dice, plain) => (dice.chance(plain ? 40 : 20) ? "" : uln(dice, plain)),
  consent: (dice, plain) =>
    dice.chance(plain ? 90 : 60)
      ? cased(dice, dice.one(["yes", "y", "yes", "no", "agreed", ...rules.answers.yes]))
      : dice.one([
          ...rules.answers.no,
          "TBC",
          "x",
          "",
          "уes",
          "yes.",
          "ｙｅｓ",
          "YEſ",
          "12/05/2026",
          "ﬁne",
        ]),
  "consent-date": (dice, plain) => (dice.chance(10) ? "" : date(dice, plain, 2025, 2)),
  withdrawn: (dice, plain) =>
    dice.chance(70)
      ? dice.one(["", "", ...rules.withdrawals.none, ...rules.answers.no])
      : dice.one([
          date(dice, plain, 2025, 2),
          "yes",
          "Y",
          "perhaps",
          ...rules.withdrawals.declined,
        ]),
  "year-group": (dice, plain) =>
    dice.chance(plain ? 90 : 60)
      ? dice.one(["11", "12", "Year 12", "Y11", "yr 12", "12A"])
      : dice.one(["7", "13", "1", "Year", "１２", "٣", "012", "12.0", "99", "-1", "4294967299"]),
  sen: (dice) => dice.one(["", "E", "e", "N", "K", "yes", "no", "EHCP", "E - EHCP", "True"]),
  school: (dice, plain) =>
    dice.chance(plain ? 90 : 50)
      ? dice.one(["8604001", "860/4001", "860-4001", "860 4001"])
      : dice.one([
          "124001",
          "8604002",
          "Nowhere High",
          "",
          "86O4001",
          "８６０４００１",
          "0124001",
          "124001.0",
        ]),
  other: (dice) => dice.one(["", "11B", "see file", "No", "yes", "=1+1", "@x", "é", "12/31/2009"]),
};

function name(dice: Dice, plain: boolean): string {
  const made = dice.one(NAMES);
  if (plain || dice.chance(50)) return made;
  return dice.one([
    () => `${made}${dice.one(ODD_LETTERS)}`,
    () => `${dice.one(ODD_LETTERS)}${made}`,
    () => made.toUpperCase(),
    () => made.normalize("NFD"),
    () => `${made}${dice.one(["-", " ", "’", "'", "ʼ", ". ", "–", "‑"])}${dice.one(NAMES)}`,
    () => Buffer.from(made).toString("latin1"),
    () => dice.one(BAD_NAMES),
    () => made.repeat(dice.one([9, 12, 16])),
  ])();
}

const NAMES = [
  ..."Ambrosine Barnabee Clementyne Dorabelle Bramblesnap Candlewisp Fiddlewick Zoë Siân Łucja Øyvind".split(
    " ",
  ),
  ..."İpek Iğdır Straße Ægir Đorđe Þór Nguyễn Ŋaio Ħana Ŧero D’Arbly O'Nowhere Ştefan Ångström Ò Ǆem".split(
    " ",
  ),
  ..."ﬁona Ⅻ Ｍade Ĳsbrand ŉoam Ανδρέας Ιωάννης Борис Йосиф 李小龙 محمد נֹעַם أحمد சிவா ǅem ẞtein Ǆ".split(
    " ",
  ),
];
const ODD_LETTERS = [
  ..."́ ̈ ͅ ‍ ‌ ­ · ・ ״ ׳ ˈ ª º ⁿ ² ½ Ⅳ ٤ ４ 𝟜 𝐀 🙂 \u0000 \u0007 \u0085 \u2028 \ufeff \ufffd � ͏ ؜ ᠎".split(
    " ",
  ),
  ..."\u061c \u180e \u2063 \u{e0041} \ud800 ı ſ K Å Ω ϒ ς ß ŉ ǰ ΐ և ﬃ ﬅ ︎ ⃝ ऺ ् ์ ٌ ّ".split(" "),
];
const BAD_NAMES = [
  "",
  "-",
  "'",
  "A1",
  "?",
  "JosÃ©",
  "O&#39;Made",
  "#N/A",
  "N/A",
  "Total",
  "a\nb",
  "X Æ A-12",
  "‐",
  "Mc?",
  "Â",
  "â€™",
  "(Amy)",
  "Amy/Ann",
  "A*",
  "_",
  "\\",
];

function date(dice: Dice, plain: boolean, year: number, span: number): string {
  const [y, m, d] = [year + dice.below(span + 1), 1 + dice.below(12), 1 + dice.below(28)];
  const [dd, mm] = [String(d).padStart(2, "0"), String(m).padStart(2, "0")];
  const month = rules.months[m - 1] as string;
  if (plain && dice.chance(92)) return `${dd}/${mm}/${y}`;
  return dice.one([
    () => `${y}-${mm}-${dd}`,
    () => `${y}${mm}${dd}`,
    () => `${dd}.${mm}.${y}`,
    () => `${d}-${capital(month.slice(0, 3))}-${y}`,
    () => `${d} ${capital(month)} ${y}`,
    () => `${dd}/${mm}/${y} 00:00`,
    () => `${y}-${mm}-${dd}T00:00:00`,
    () => `${y}-${mm}-${dd} 00:00:00.000`,
    () => `${d}/${m}/${y}`,
    () => `${dd}-${mm}-${y}`,
    () => dice.one(ODD_DATES)(dd, mm, y, month),
    () => String(25_569 + Math.floor(Date.UTC(y, m - 1, d) / 86_400_000)),
    () => `${mm}/${20 + dice.below(9)}/${y}`,
  ])();
}

type OddDate = (dd: string, mm: string, y: number, month: string) => string;
const ODD_DATES: readonly OddDate[] = [
  (dd, mm, y) => `${dd}/${mm}/${y % 100}`,
  (_, mm, y) => `31/${mm}/${y}`,
  (_, mm, y) => `00/${mm}/${y}`,
  (dd, _, y) => `${dd}/13/${y}`,
  (_, __, y) => `29/02/${y}`,
  (dd, mm, y) => `${dd}/${mm}.${y}`,
  (dd, mm, y) => `${dd}\\${mm}\\${y}`,
  (dd, mm, y) => `${dd} / ${mm} / ${y}`,
  (dd, mm, y) => `${dd}/${mm}/${y} 12:30`,
  (dd, mm, y) => `${dd}/${mm}/${y} 0:00:00 AM`,
  (dd, mm, y) => `${dd}/${mm}/${y} 12:00:00 AM`,
  (dd, mm, y) => `${y}-${mm}-${dd}T00:00:00Z`,
  (dd, mm, y) => `${y}-${mm}-${dd}T00:00:00+00:00`,
  (dd, mm, y) => `${y}/${mm}/${dd}`,
  (dd, mm, y) => `${y}.${mm}.${dd}`,
  (dd, _, y, month) => `${dd}th ${month} ${y}`,
  (dd, _, y, month) => `${month} ${dd}, ${y}`,
  (dd, _, y, month) => `${dd}-${month.slice(0, 4)}-${y}`,
  (dd, _, y, month) => `${dd}-${month.slice(0, 3)}-${y % 100}`,
  (dd, _, y, month) => `Mon ${dd} ${month} ${y}`,
  (dd, mm) => `${dd}/${mm}`,
  (dd, mm, y) => `${dd}${mm}${y}`,
  (dd, mm, y) => [...`${dd}/${mm}/${y}`].map((c) => WIDE[c] ?? c).join(""),
  (dd, mm, y) => `'${dd}/${mm}/${y}`,
  (dd, mm, y) => `${dd}/${mm}/0${y}`,
  (dd, mm, y) => `+${dd}/${mm}/${y}`,
  (dd, mm, y) => `${dd}/${mm}/${y}.`,
  () => "40000.5",
  () => "4E4",
  () => "########",
  () => "01/01/1900",
  () => "0",
  () => "-1",
  () => "1e400",
  () => "NaN",
  () => "40148.0",
];
const WIDE: Readonly<Record<string, string>> = Object.fromEntries(
  [..."0123456789"].map((digit) => [digit, String.fromCharCode(0xff10 + Number(digit))]),
);

function upn(dice: Dice, plain: boolean): string {
  const body = `860400121${String(dice.below(1000)).padStart(3, "0")}`;
  const temporary = dice.chance(5);
  const digits = [...body].map(Number);
  if (temporary) digits[11] = dice.below(22);
  const sum = digits.reduce((total, digit, at) => total + digit * (at + 2), 0);
  const last = temporary ? LETTERS.charAt(digits[11]!) : "";
  const right = `${LETTERS.charAt(sum % 23)}${temporary ? body.slice(0, 11) + last : body}`;
  if (plain || dice.chance(50)) return right;
  return dice.one([
    right.toLowerCase(),
    `${right.slice(0, 4)} ${right.slice(4)}`,
    `="${right}"`,
    `'${right}`,
    right.slice(1),
    `${right}0`,
    right.replace(/0/, "O"),
    right.replace(/[A-Z]/, dice.character(LETTERS)),
    "N/A",
    right.normalize("NFKC").replace("8", "８"),
    `${right.slice(0, 5)}\u00a0${right.slice(5)}`,
  ]);
}

const LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ";

function uln(dice: Dice, plain: boolean): string {
  const body = String(700_100_000 + dice.below(1_000_000));
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
  const right = sum % 11 === 0 ? "" : `${body}${10 - (sum % 11)}`;
  if (plain || dice.chance(50) || right === "") return right;
  return dice.one([
    `${right.slice(0, 3)} ${right.slice(3)}`,
    `${right}.0`,
    `="${right}"`,
    `'${right}`,
    Number(right).toExponential(5).replace("e", "E"),
    `0${right}`,
    right.slice(0, 9),
    `${body}${(Number(right.at(-1)) + 1) % 10}`,
    "9999999999",
    "TBC",
    `${right.slice(0, 4)}-${right.slice(4)}`,
    [...right].map((digit) => WIDE[digit]).join(""),
  ]);
}

const ANYTHING = [
  ..."? - n/a N/A #N/A #REF! 0 1 TRUE FALSE TBC x ✓ ✗ ✔ ✘ yes No İ ſ 🙂 � = '".split(" "),
  "",
  "\u0000",
  "\u001a",
  "\u0085",
  "\u2028",
  "\ufeff",
  "a\tb",
  "a\r\nb",
  'say "so"',
  "x".repeat(120),
  "é".repeat(101),
];

function spoilt(dice: Dice, value: string): string {
  const letters = [...value];
  const at = dice.below(letters.length + 1);
  letters.splice(at, dice.below(2), dice.one(ODD_LETTERS));
  return letters.join("");
}

function dressed(dice: Dice, header: string): string {
  if (dice.chance(70)) return header;
  return dice.one([
    header.toUpperCase(),
    header.toLowerCase(),
    ` ${header} `,
    header.replace(/ /g, "_"),
    header.replace(/ /g, ""),
    `${header}:`,
    `${header}\n(required)`,
    `\u00a0${header}\u200b`,
    `*${header}*`,
    header.replace(/i/g, "İ"),
    header.replace(/s/g, "ſ"),
    header.replace(/k/gi, "K"),
  ]);
}

function cased(dice: Dice, word: string): string {
  return dice.one([word, word.toUpperCase(), capital(word)]);
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
