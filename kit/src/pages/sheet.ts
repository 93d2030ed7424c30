// A list on the table of the page: rows that can be changed, added and taken away, until they are a table
// again for those who judge it. Blank rows stay here, because somebody may be about to fill them.

import { written, type Day } from "../domain/days";
import { rules } from "../rules";
import { NOTHING, TableBuilder, trim, type Row, type Table, type Value } from "../reading/table";
import { Unreadable } from "../reading/unreadable";
import { ofFile, type Problem } from "../domain/problem";

/** What is known of the file beside its rows. */
type About = Omit<Table, "rows">;

/** The rows of a list, in the order of their numbers. */
export class Sheet {
  private constructor(
    private readonly about: About,
    private rows: Row[],
    private nextNumber: number,
  ) {}

  /** The rows as a file had them. */
  static of(table: Table): Sheet {
    const { rows, ...about } = table;
    return new Sheet(about, [...rows], (rows.at(-1)?.number ?? 0) + 1);
  }

  /** The council's empty template. */
  static template(blankRows: number): Sheet {
    const about = { sheet: "", delimited: true, hiddenRows: false, encodingAssumed: false };
    const header: Row = {
      number: 1,
      cells: rules.template.headers.map((text) => ({ kind: "text", text })),
      width: rules.template.headers.length,
    };
    const sheet = new Sheet(about, [header], 2);
    for (let added = 0; added < blankRows; added += 1) sheet.add();
    return sheet;
  }

  /** All rows, blank ones among them. */
  all(): readonly Row[] {
    return this.rows;
  }

  /** How many columns hold something. */
  width(): number {
    return this.rows.reduce((widest, row) => Math.max(widest, row.cells.length), 0);
  }

  /** Writes text into a cell. What it says was typed by a person, so that it is text from now on. */
  write(number: number, column: number, text: string): void {
    this.change(number, (row) => {
      const cells = [...row.cells];
      while (cells.length <= column) cells.push(NOTHING);
      cells[column] = { kind: "text", text: trim(text) };
      while (cells.length > 0 && cells.at(-1)?.text === "") cells.pop();
      return { ...row, cells, width: Math.max(row.width, cells.length) };
    });
  }

  /** A blank row at the end; its number, or nothing where the council takes no more. */
  add(): number | undefined {
    if (this.rows.length > rules.limits.max_rows) return undefined;
    const number = this.nextNumber;
    this.nextNumber += 1;
    this.rows.push({ number, cells: [], width: 0 });
    return number;
  }

  /** Takes a row away. What comes back puts it in its place again. */
  remove(number: number): (() => void) | undefined {
    const at = this.rows.findIndex((row) => row.number === number);
    const row = this.rows[at];
    if (row === undefined) return undefined;
    this.rows = this.rows.filter((each) => each !== row);
    return () => {
      this.rows = [...this.rows, row].sort((a, b) => a.number - b.number);
    };
  }

  /** The table as it stands, or what keeps it from being one. */
  table(): Table | Problem {
    try {
      const builder = new TableBuilder();
      for (const row of this.rows) {
        for (const [column, { kind, text }] of row.cells.entries())
          builder.cell(column, kind, text);
        builder.endRow(row.number, row.width);
      }
      const { rows } = builder.delimited(false);
      return { ...this.about, rows };
    } catch (why) {
      return why instanceof Unreadable ? why.problem() : ofFile("file-unreadable");
    }
  }

  private change(number: number, change: (row: Row) => Row): void {
    const at = this.rows.findIndex((row) => row.number === number);
    const row = this.rows[at];
    if (row !== undefined) this.rows[at] = change(row);
  }
}

/** A cell as a person reads and types it: dates of a workbook in English. */
export function typed({ kind, text }: Value): string {
  return kind === "date" && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? written(text as Day) : text;
}

/** A column's name where it has none: A, B, …, Z, AA. */
export function letterOf(column: number): string {
  const first = Math.floor(column / 26);
  const last = String.fromCharCode(65 + (column % 26));
  return first > 0 ? letterOf(first - 1) + last : last;
}
