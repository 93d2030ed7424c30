// A released destination file as rows: the seven columns of spec 5, from CSV or from a workbook. That it came
// from the council is for its seal to show; here it is a file like any other. Knows no key.

import { dayOf, type Day } from "./domain/days";
import { Unreadable } from "./reading/unreadable";
import { xlsx } from "./reading/workbook";
import { rules } from "./rules";
import { asGiven } from "./writing/csv";

/** Where one pupil went; names and date of birth as the school gave them. */
export interface Destination {
  readonly forename: string;
  readonly surname: string;
  readonly born: Day;
  /** The plain label of the destination. */
  readonly destination: string;
  /** Provider or employer; empty where it is not told. */
  readonly provider: string;
  /** The day on which it began, where it is told. */
  readonly started: Day | undefined;
  /** The day on which the council last heard of it, where it is told. */
  readonly confirmed: Day | undefined;
}

/** The rows of a destination file, or why it is none. */
export type Destinations =
  | { readonly is: "rows"; readonly rows: readonly Destination[] }
  | { readonly is: "refused"; readonly message: string; readonly fix: string };

/** The columns, exactly. */
export const COLUMNS: readonly string[] = rules.destinations.header;

/** Reads a released file, CSV or workbook, whatever its name says. */
export function destinations(bytes: Uint8Array): Destinations {
  const isWorkbook = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const lines = isWorkbook ? ofWorkbook(bytes) : ofText(bytes);
  if (!Array.isArray(lines)) return lines;
  const [header, ...rest] = lines;
  if (header?.cells.join("\n") !== COLUMNS.join("\n")) return NO_DESTINATIONS;
  const rows: Destination[] = [];
  for (const { number, cells } of rest) {
    const row = destinationOf(cells);
    if (row === undefined) return broken(number);
    rows.push(row);
  }
  return { is: "rows", rows };
}

/** The cells of a row, in the order of the columns. */
export function cellsOf(row: Destination): readonly string[] {
  const { forename, surname, born, destination, provider, started, confirmed } = row;
  return [forename, surname, born, destination, provider, started ?? "", confirmed ?? ""];
}

interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

type Refused = Extract<Destinations, { is: "refused" }>;

function ofWorkbook(bytes: Uint8Array): Line[] | Refused {
  try {
    const { rows, hiddenRows } = xlsx(bytes);
    if (hiddenRows) return NO_DESTINATIONS;
    return rows.map(({ number, cells }) => ({ number, cells: cells.map(({ text }) => text) }));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { is: "refused", message: error.problem().message, fix: ASK };
  }
}

function ofText(bytes: Uint8Array): Line[] | Refused {
  if (bytes.length > rules.limits.max_bytes) return NO_DESTINATIONS;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return linesOf(text) ?? NO_DESTINATIONS;
  } catch {
    return NO_DESTINATIONS;
  }
}

/** The lines of a CSV file; nothing where a quotation mark stands in a wrong place, or rows have no end. */
function linesOf(text: string): Line[] | undefined {
  const lines: Line[] = [];
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let [cells, number]: [string[], number] = [[], 1];
  while (cell.lastIndex < text.length || cells.length > 0) {
    const found = cell.exec(text);
    const tooMany = lines.length > rules.limits.max_rows || cells.length >= COLUMNS.length;
    if (found === null || tooMany) return undefined;
    const [, quoted, plain = "", end] = found;
    cells.push(asGiven(quoted === undefined ? plain : quoted.replaceAll('""', '"')));
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") lines.push({ number, cells });
    [cells, number] = [[], number + 1];
  }
  return lines;
}

function destinationOf(cells: readonly string[]): Destination | undefined {
  const [forename = "", surname = "", born = "", destination = ""] = cells;
  const [provider = "", started = "", confirmed = ""] = cells.slice(4);
  const [bornOn, startedOn, confirmedOn] = [born, started, confirmed].map(dayIn);
  const whole = forename !== "" && surname !== "" && destination !== "" && bornOn !== undefined;
  const datesHold = (started === "" || startedOn) && (confirmed === "" || confirmedOn);
  if (!whole || !datesHold || cells.length > COLUMNS.length) return undefined;
  const days = { born: bornOn, started: startedOn, confirmed: confirmedOn };
  return { forename, surname, destination, provider, ...days };
}

function dayIn(text: string): Day | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return year === undefined ? undefined : dayOf(Number(year), Number(month), Number(day));
}

function broken(number: number): Refused {
  const message = `Row ${number} of this file is not as the council's service writes it, so no row is shown.`;
  return { is: "refused", message, fix: ASK };
}

const ASK = "Fetch the file again from your outbox. If it stays so, ask the council for a new one.";

const NO_DESTINATIONS: Refused = {
  is: "refused",
  message:
    "This is not a file of destinations: it does not hold the columns that the council's service writes.",
  fix: "Choose the file from your outbox whose name tells of destinations.",
};
