// A table: the rows and cells of a spreadsheet as plain data. Knows where a cell stood and what kind of
// value it was; what a column means is for the readers above.

import { isLongerThan, trimEnds, utf8Length } from "../domain/letters";
import { rules } from "../rules";
import { Unreadable } from "./unreadable";

/** What a cell held. Of text files all is text; a workbook tells more. */
export type ValueKind = "text" | "number" | "date" | "bool";

/**
 * One cell: trimmed of spaces and invisible characters; empty for a blank one. A number is written out
 * without an exponent; a date is `yyyy-mm-dd`, with `Thh:mm:ss` behind it where there is a time; a truth
 * is `TRUE` or `FALSE`; an error is its text (`#N/A`).
 */
export interface Value {
  readonly kind: ValueKind;
  readonly text: string;
}

/** One row that is not blank. */
export interface Row {
  /** The number that the school's spreadsheet shows. */
  readonly number: number;
  /** The cells up to the last that is not blank. */
  readonly cells: readonly Value[];
  /** How many cells the file gave the row, blank ones at its end included. */
  readonly width: number;
}

/** The rows of a sheet that are not blank. */
export interface Table {
  readonly rows: readonly Row[];
  /** The sheet's name; empty for text files. */
  readonly sheet: string;
  /** Text with separators, where a stray separator moves all cells behind it. */
  readonly delimited: boolean;
  /** Rows that hold something are hidden or filtered away. */
  readonly hiddenRows: boolean;
  /** Windows-1252 was assumed. */
  readonly encodingAssumed: boolean;
}

export const NOTHING: Value = { kind: "text", text: "" };

/** The cell in this column, counted from 0; blank where the row is shorter. */
export function cellAt(row: Row, column: number): Value {
  return row.cells[column] ?? NOTHING;
}

/** Makes a table cell by cell and row by row, and stops at the limits of the lists that schools send. */
export class TableBuilder {
  private readonly rows: Row[] = [];
  private cells: Value[] = [];
  private cellsBefore = 0;
  private bytes = 0;

  /** Puts a value into a column of the row at hand. Blank values take no room. */
  cell(column: number, kind: ValueKind, text: string): void {
    const trimmed = trim(text);
    if (trimmed === "") return;
    if (column >= limits.max_columns) throw Unreadable.because("TooManyColumns");
    if (isLongerThan(trimmed, limits.max_cell_chars)) throw Unreadable.because("CellTooLong");
    this.bytes += utf8Length(trimmed);
    if (this.bytes > limits.max_inflated || this.cellsBefore + column >= limits.max_cells) {
      throw Unreadable.because("TooLarge");
    }
    while (this.cells.length < column) this.cells.push(NOTHING);
    this.cells[column] = { kind, text: trimmed };
  }

  /**
   * Ends the row at hand, which the spreadsheet shows under this number. Blank rows are dropped; true where
   * the row was kept.
   */
  endRow(number: number, width: number): boolean {
    if (this.cells.length === 0) return false;
    if (this.rows.length >= limits.max_rows) throw Unreadable.because("TooManyRows");
    const cells = this.cells;
    this.rows.push({ number, cells, width: Math.max(width, cells.length) });
    this.cellsBefore += cells.length;
    this.cells = [];
    return true;
  }

  /** Whether it has rows, other than the sentences on the second sheet of the council's own template. */
  hasRows(): boolean {
    const counts = (value: Value) =>
      value.text !== "" && !rules.template.instructions.includes(value.text);
    return this.rows.some((row) => row.cells.some(counts));
  }

  /** The table, as the text of a file with separators. */
  delimited(encodingAssumed: boolean): Table {
    return this.finish({ sheet: "", delimited: true, hiddenRows: false, encodingAssumed });
  }

  /** The table, as a workbook's sheet. */
  sheet(name: string, hiddenRows: boolean): Table {
    return this.finish({ sheet: name, delimited: false, hiddenRows, encodingAssumed: false });
  }

  private finish(about: Omit<Table, "rows">): Table {
    if (this.rows.length === 0) throw Unreadable.because("Empty");
    return { rows: this.rows, ...about };
  }
}

/** The text without spaces and invisible characters at its ends, and without the end-of-file mark of old. */
export function trim(text: string): string {
  return trimEnds(text, isTrimmed);
}

const limits = rules.limits;

// JavaScript's own trim takes U+FEFF as well, and not U+0085; the daemon trims what Unicode calls a space.
function isTrimmed(unit: string): boolean {
  return TRIMMED.test(unit);
}

const TRIMMED = /[\p{White_Space}\u001a\u200b-\u200f\u2060\ufeff]/u;
