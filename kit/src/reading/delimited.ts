// Text with separators to a table: RFC 4180 as spreadsheet programs really write it. Counts rows as the
// school's spreadsheet does: a line break within quotes adds none, a blank line is one. The mirror of the
// daemon's `reading::delimited`.

import { linesOf, utf8Length } from "../domain/letters";
import { rules } from "../rules";
import { fieldsNamed } from "./aliases";
import { TableBuilder, trim, type Table } from "./table";
import { Unreadable } from "./unreadable";

/** The table of a text file; throws `Unreadable`. */
export function delimitedTable(text: string, encodingAssumed: boolean): Table {
  const declared = declaredSeparator(text);
  const separator = declared?.separator ?? likeliestSeparator(text);
  const records = new Records(text, separator, declared?.behind ?? 0);
  const builder = new TableBuilder();
  for (let number = 1; records.next(); number += 1) {
    records.cells.forEach((cell, column) => builder.cell(column, "text", cell));
    builder.endRow(number, records.width);
  }
  return builder.delimited(encodingAssumed);
}

// `sep=;` in the first line, which Excel obeys and does not count as a row.
function declaredSeparator(text: string): { separator: string; behind: number } | undefined {
  const [first] = linesOf(text);
  const told = /^"*sep=(.)"*$/is.exec(first ?? "");
  const separator = separators.find((known) => known === told?.[1]);
  if (first === undefined || separator === undefined) return undefined;
  let behind = first.length;
  while (text.charAt(behind) === "\r") behind += 1;
  if (text.charAt(behind) === "\n") behind += 1;
  return { separator, behind };
}

// The separator under which a header row reads best; where none does, the one that the first line that is
// not blank has most of.
function likeliestSeparator(text: string): string {
  const known = separators.map((separator) => ({ separator, count: mostKnown(text, separator) }));
  const best = firstOfMost(known);
  if (best.count > 0) return best.separator;
  const line = firstLineNotBlank(text);
  return firstOfMost(separators.map((separator) => ({ separator, count: times(separator, line) })))
    .separator;
}

function firstOfMost(counted: readonly { separator: string; count: number }[]): {
  separator: string;
  count: number;
} {
  const most = Math.max(...counted.map(({ count }) => count));
  return counted.find(({ count }) => count === most) ?? { separator: ",", count: 0 };
}

// How many known headers the best of the first records has under this separator.
function mostKnown(text: string, separator: string): number {
  const records = new Records(text, separator, 0);
  let best = 0;
  try {
    for (let looked = 0; looked < separator_within; looked += 1) {
      if (!records.next() || best >= surely_a_header) break;
      best = Math.max(best, fieldsNamed(records.cells));
    }
  } catch (why) {
    if (!(why instanceof Unreadable)) throw why;
  }
  return best;
}

function firstLineNotBlank(text: string): string {
  for (const line of linesOf(text)) {
    if (trim(line) !== "") return line;
  }
  return "";
}

function times(separator: string, line: string): number {
  let count = 0;
  for (let at = line.indexOf(separator); at !== -1; at = line.indexOf(separator, at + 1))
    count += 1;
  return count;
}

/** Reads records one after another, each into the room of the one before. */
class Records {
  /** The cells of the record at hand. */
  readonly cells: string[] = [];
  /** Its cells in the file, of which blank ones beyond the widest column are not kept. */
  width = 0;
  // The cell at hand, and how many bytes it takes in UTF-8.
  private cell = "";
  private bytes = 0;

  constructor(
    private readonly text: string,
    private readonly separator: string,
    private at: number,
  ) {}

  /** Reads the next record; false at the end of the text. */
  next(): boolean {
    if (this.at >= this.text.length) return false;
    this.width = 0;
    for (;;) {
      if (this.text.charAt(this.at) === '"') this.quoted();
      this.plain();
      this.endCell();
      const end = this.text.charAt(this.at);
      this.at += 1;
      if (end === this.separator) continue;
      if (end === "\r" && this.text.charAt(this.at) === "\n") this.at += 1;
      if (this.cells.length > this.width) this.cells.length = this.width;
      return true;
    }
  }

  // What stands between quotation marks, two of which are one. What follows the closing one up to the
  // separator is read as plain text, as Excel does.
  private quoted(): void {
    for (;;) {
      this.at += 1;
      const end = this.text.indexOf('"', this.at);
      if (end === -1) throw Unreadable.because("QuoteUnclosed");
      this.keepTo(end);
      this.at += 1;
      if (this.text.charAt(this.at) !== '"') return;
      this.cell += '"';
      this.bytes += 1;
    }
  }

  private plain(): void {
    const { text } = this;
    const separator = this.separator.charCodeAt(0);
    let end = this.at;
    for (; end < text.length; end += 1) {
      const unit = text.charCodeAt(end);
      if (unit === separator || unit === LINE_FEED || unit === CARRIAGE_RETURN) break;
    }
    this.keepTo(end);
  }

  private keepTo(end: number): void {
    const more = end - this.at;
    if (more > LONGEST_CELL) throw Unreadable.because("CellTooLong");
    const text = this.text.slice(this.at, end);
    this.bytes += utf8Length(text);
    if (this.bytes > LONGEST_CELL) throw Unreadable.because("CellTooLong");
    this.cell += text;
    this.at = end;
  }

  private endCell(): void {
    if (this.width < rules.limits.max_columns) this.cells[this.width] = this.cell;
    else if (trim(this.cell) !== "") throw Unreadable.because("TooManyColumns");
    this.width += 1;
    this.cell = "";
    this.bytes = 0;
  }
}

const { separators, separator_within, surely_a_header } = rules;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

// Bytes of the longest cell, were all its characters of the longest kind.
const LONGEST_CELL = rules.limits.max_cell_chars * 4;
