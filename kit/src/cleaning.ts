// The same list as a clean CSV: the template's columns, and what else counts; day-first dates, no title rows,
// no blank ones. It mends nothing, leaves no row out, and makes nothing readable that was not: what could not
// be read stands as it stood, and of a list that is in doubt as a whole nothing is made. Before it is handed
// out the file is read again, and must say the same.

import type { Checked, ReadList } from "./checking";
import { written, type Day } from "./domain/days";
import { lettersAndNumerals, trimSpaces } from "./domain/letters";
import type { Answer, Cell, ListRow, PupilList } from "./domain/list";
import { aliasOf, type Field } from "./reading/aliases";
import { unquoted } from "./reading/cells";
import { contents } from "./reading/contents";
import { kindOf } from "./reading/kind";
import { pupils } from "./reading/pupils";
import { cellAt, trim, type Row } from "./reading/table";
import { Unreadable } from "./reading/unreadable";
import { rules } from "./rules";
import { csv } from "./writing/csv";

/** A list as it is saved. */
export interface CleanList {
  /** The name of the upload, with `.csv`: the words that tell its kind stay. */
  readonly name: string;
  readonly header: readonly string[];
  /** The rows as they are numbered in the file that they come from; the first is row 2 of this one. */
  readonly rows: readonly { readonly number: number; readonly cells: readonly string[] }[];
  /** UTF-8 with its mark, CRLF at the end of each line. */
  readonly bytes: Uint8Array;
}

/** The clean list of a file that was checked under this name; undefined where none can be trusted. */
export function cleaned(name: string, checked: Checked): CleanList | undefined {
  const read = checked.read;
  if (read === undefined || checked.doubtful || read.list.rows.length === 0) return undefined;
  const columns = columnsOf(read);
  const data = read.table.rows.slice(read.header.at + 1);
  const rows = data.map((row, at) => ({
    number: row.number,
    cells: columns.map((column) => column.cell(row, read.list.rows[at]!)),
  }));
  const header = columns.map((column) => column.header);
  keepBlankOnes(header, rows, data);
  const bytes = csv([header, ...rows.map((row) => row.cells)]);
  const list = { name: `${stemOf(name)}.csv`, header, rows, bytes };
  return saysTheSame(list, read) ? list : undefined;
}

/** A column of the clean list: its header, and what it says of a row. */
interface CleanColumn {
  readonly header: string;
  cell(row: Row, told: ListRow): string;
}

function columnsOf(read: ReadList): CleanColumn[] {
  const { header, list } = read;
  const has = (field: Field) => header.columns(field).length > 0;
  const raw = (field: Field) => {
    const at = header.columns(field)[0]?.at;
    return (row: Row) => (at === undefined ? "" : bare(cellAt(row, at).text));
  };
  const template = (field: Field, said: (told: ListRow) => string | undefined): CleanColumn => {
    const rawOf = raw(field);
    return { header: templates.get(field)!, cell: (row, told) => said(told) ?? rawOf(row) };
  };
  const own = (field: Field, said?: (told: ListRow) => string | undefined): CleanColumn[] => {
    const [column] = header.columns(field);
    const rawOf = raw(field);
    const cell = (row: Row, told: ListRow) => said?.(told) ?? rawOf(row);
    return column === undefined ? [] : [{ header: ownHeader(column.header), cell }];
  };

  // A whole name that could not be told apart must not become two halves that can be read.
  const wholes = has("whole_name") && !has("forename") && !has("surname");
  const apart = list.rows.every(({ forename, surname }) => isWhole(forename, surname));
  const names = [
    template("forename", ({ forename }) => textOf(forename)),
    template("surname", ({ surname }) => textOf(surname)),
  ];
  // Where there is no such column, being on the list is the consent: a column would say more, or less.
  const consent = has("consent") ? [template("consent", ({ answer }) => ANSWERS[answer])] : [];
  return [
    ...(wholes && !apart ? own("whole_name") : names),
    template("born", ({ born }) => dayOf(born)),
    template("upn", ({ upn }) => textOf(upn)),
    template("uln", ({ uln }) => textOf(uln)),
    ...consent,
    template("consent_date", ({ consentedOn }) => dayOf(consentedOn)),
    ...own("withdrawn", ({ withdrawn }) =>
      withdrawn.is === "on" ? written(withdrawn.day) : undefined,
    ),
    ...own("year_group"),
    ...own("ehcp"),
    ...own("school"),
  ];
}

// Whether a whole name was told apart, or was not there at all.
function isWhole(forename: Cell<string>, surname: Cell<string>): boolean {
  return forename.is === surname.is && forename.is !== "bad";
}

// What could not be read is not told here: it stands as it stood.
function textOf(cell: Cell<string>): string | undefined {
  if (cell.is === "blank") return "";
  return cell.is === "read" ? cell.value : undefined;
}

function dayOf(cell: Cell<Day>): string | undefined {
  return cell.is === "read" ? written(cell.value) : textOf(cell);
}

const ANSWERS: Readonly<Partial<Record<Answer, string>>> = { yes: "Yes", no: "No" };

/** The template's header of each field that it has. */
const templates = new Map<Field, string>(
  rules.template.headers.flatMap((header) => {
    const field = aliasOf(header)?.field;
    return field === undefined ? [] : [[field, header] as const];
  }),
);

// Letters and numerals decide what a header means; nothing else of it can turn the line around it.
function ownHeader(header: string): string {
  return [...header]
    .map((c) => lettersAndNumerals(c) || " ")
    .join("")
    .replace(/ +/g, " ")
    .trim();
}

// What stood within `="…"`, where that alone changes nothing: blanks at its ends would be trimmed, and a cell
// that holds nothing else is not blank to all readers.
function bare(text: string): string {
  const inner = unquoted(text);
  return withoutNul(inner !== "" && trim(inner) === inner ? inner : text);
}

// No text file has a NUL, and no cell with one can be read anyway.
function withoutNul(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}

/** A row that has nothing in the columns that count is a row all the same, and keeps what it has. */
function keepBlankOnes(
  header: string[],
  rows: readonly { readonly cells: string[] }[],
  data: readonly Row[],
): void {
  const blank = rows.map(({ cells }) => cells.every((cell) => cell === ""));
  if (!blank.includes(true)) return;
  header.push("Not read");
  rows.forEach(({ cells }, at) => {
    const texts = data[at]!.cells.map(({ text }) => text).filter((text) => text !== "");
    cells.push(blank[at] === true ? withoutNul(texts.join(" | ")) : "");
  });
}

function stemOf(name: string): string {
  const whole = trimSpaces(name);
  return whole.slice(0, whole.lastIndexOf("."));
}

/** Whether a clean list is read as what it was made from, row by row. */
function saysTheSame(clean: CleanList, read: ReadList): boolean {
  const again = readAgain(clean, read);
  if (again === undefined || again.refusal !== undefined) return false;
  const said = ({ forename, surname, ...rest }: ListRow) =>
    JSON.stringify([plain(forename), plain(surname), { ...rest, number: 0 }]);
  return (
    again.rows.length === read.list.rows.length &&
    again.rows.every((row, at) => row.number === at + 2 && said(row) === said(read.list.rows[at]!))
  );
}

function readAgain(clean: CleanList, read: ReadList): PupilList | undefined {
  try {
    const held = contents(clean.name, clean.bytes);
    if (held.is === "text" || kindOf(clean.name).kind !== read.kind) return undefined;
    const again = pupils(held.table, read.kind, read.ask);
    return "code" in again ? undefined : again;
  } catch (why) {
    if (why instanceof Unreadable) return undefined;
    throw why;
  }
}

// What a spreadsheet would run as a formula has an apostrophe more; all readers but those of names strip it.
function plain(cell: Cell<string>): Cell<string> {
  return cell.is === "read" ? { ...cell, value: cell.value.replace(/^'/, "") } : cell;
}
