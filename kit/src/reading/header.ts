// The header row of a list: where it is, which columns it has, and what is in doubt about them. The mirror
// of the daemon's `reading::header`.

import { firstCharacters, linesOf } from "../domain/letters";
import type { Kind } from "../domain/list";
import { INVISIBLE } from "../domain/names";
import { ofFile, type Problem } from "../domain/problem";
import { rules } from "../rules";
import { aliasOf, fieldsNamed, speaksOfConsent, type Alias, type Field } from "./aliases";
import type { Row, Table } from "./table";

/** One known column. */
export interface Column {
  /** Counted from 0. */
  readonly at: number;
  /** The header as the school wrote it. */
  readonly header: string;
  readonly alias: Alias;
}

/** A header row, as far as its cells are known. */
export class Header {
  private constructor(
    /** Its place among the table's rows. */
    readonly at: number,
    /** How many cells the file gave it. */
    readonly width: number,
    private readonly known: readonly Column[],
    private readonly others: readonly string[],
  ) {}

  /**
   * Finds the header among the first rows; title rows may stand above it. A header that lacks what its
   * kind of file needs is a problem.
   */
  static find(table: Table, kind: Kind): Header | Problem {
    let best: Header | undefined;
    for (const [at, row] of table.rows.slice(0, searched_rows).entries()) {
      const header = Header.read(at, row);
      if (header.missing(kind) === undefined) return header;
      if (best === undefined || header.fields() > best.fields()) best = header;
    }
    if (best === undefined || best.fields() < fewest_known) return ofFile("header-not-found");
    return best.lacking(kind);
  }

  private static read(at: number, row: Row): Header {
    const known: Column[] = [];
    const others: string[] = [];
    for (const [at, { text }] of row.cells.entries()) {
      const alias = aliasOf(text);
      if (alias !== undefined) known.push({ at, header: text, alias });
      else if (text !== "") others.push(text);
    }
    return new Header(at, row.width, known, others);
  }

  /** The columns of a field that go first: more than one where it is not clear which is meant. */
  columns(field: Field): readonly Column[] {
    const ofField = this.known.filter((column) => column.alias.field === field);
    const first = Math.min(...ofField.map((column) => column.alias.rank));
    return ofField.filter((column) => column.alias.rank === first);
  }

  /** A column that speaks of some consent which is not known here. */
  otherConsent(): string | undefined {
    return this.others.find(speaksOfConsent);
  }

  /** Whether the names stand in one column. */
  hasWholeNames(): boolean {
    return !this.has("forename") && !this.has("surname");
  }

  // How many different fields the row names.
  private fields(): number {
    return new Set(this.known.map((column) => column.alias.field)).size;
  }

  private has(field: Field): boolean {
    return this.known.some((column) => column.alias.field === field);
  }

  // The columns that a file of this kind lacks, in words.
  private missing(kind: Kind): string | undefined {
    const wholeNames = this.has("whole_name") && this.hasWholeNames();
    const lacks = NEEDED.filter(
      ([field]) => !this.has(field) && !(wholeNames && field !== "born"),
    ).map(([, words]) => words);
    if (lacks.length === 0 || (kind === "withdrawal" && this.tellsByNumber())) return undefined;
    const words = lacks.join(" and ");
    return kind === "withdrawal"
      ? `${words}, or a column «UPN» or «ULN» with date of birth or surname`
      : words;
  }

  // A withdrawal may tell of its pupil by number.
  private tellsByNumber(): boolean {
    const number = this.has("upn") || this.has("uln");
    return number && (this.has("born") || this.has("surname") || this.has("whole_name"));
  }

  // With the headers that were found; but a row that may hold a pupil instead of headers is not echoed.
  private lacking(kind: Kind): Problem {
    const known = this.known.map((column) => column.header);
    const surely = this.fields() > fewest_known || this.others.length <= this.known.length;
    const found = surely ? [...known, ...this.others] : known;
    const quoted = found.slice(0, shown_headers).map((header) => `«${shown(header)}»`);
    return {
      ...ofFile("column-missing"),
      message: `The list needs ${this.missing(kind)}. The headers found were ${quoted.join(", ")}.`,
    };
  }
}

/** Whether a table has a header of pupils in its first rows, whatever else it is called. */
export function isOfPupils(table: Table): boolean {
  if (Header.find(table, "withdrawal") instanceof Header) return true;
  return table.rows
    .slice(0, searched_rows)
    .some((row) => fieldsNamed(row.cells.map((cell) => cell.text)) > fewest_known);
}

/** Whether one of the first lines of a text that is no proper table names two fields of pupils. */
export function isInLines(text: string): boolean {
  let looked = 0;
  for (const line of linesOf(text)) {
    if (looked >= 2 * searched_rows) return false;
    if (fieldsNamed(cellsOfLine(line)) >= fewest_known) return true;
    looked += 1;
  }
  return false;
}

/** A header as a message may show it: nothing in it turns the sentence around it. */
export function shown(header: string): string {
  return firstCharacters(header.replace(GAPS, " "), shown_characters);
}

// One after another, because a line may be a whole file of separators.
function* cellsOfLine(line: string): Generator<string> {
  for (const [cell] of line.matchAll(/[^,;\t|]+/g)) yield cell;
}

const NEEDED: readonly (readonly [Field, string])[] = [
  ["forename", "a column «Forename»"],
  ["surname", "a column «Surname»"],
  ["born", "a column «Date of birth»"],
];

const { searched_rows, fewest_known, shown_headers, shown_characters } = rules.header;

const GAPS = new RegExp(`[\\p{Cc}\\u2028\\u2029${INVISIBLE}]`, "gu");
