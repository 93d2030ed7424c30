// The only sheet with data (spec 3). What can't be seen is not taken for what was meant: a hidden sheet counts
// as well as any other, and if it is the only one, its rows are hidden rows.

import type { Table, TableBuilder } from "../table";
import { Unreadable } from "../unreadable";
import { MOST_SHEETS } from "./guarded";

/** A sheet that was read. */
export interface Sheet {
  readonly name: string;
  readonly rows: TableBuilder;
  /** True where a row that holds something is hidden. */
  readonly hiddenRows: boolean;
  /** True where the sheet as a whole can't be seen. */
  readonly hidden: boolean;
}

/** The sheets of a workbook, one after another. */
export class OnlySheet {
  private found: Sheet | undefined;
  private readonly names = new Set<string>();

  /** Takes the next sheet. Where two have one name, either may have been read for the other. */
  offer(sheet: Sheet): void {
    if (sheet.rows.hasRows()) {
      const other = this.found;
      this.found = sheet;
      if (other?.hidden || (other && sheet.hidden)) throw Unreadable.because("HiddenSheetToo");
      if (other) throw Unreadable.because("SheetAmbiguous");
    }
    const name = sheet.name.toLowerCase();
    const long = new TextEncoder().encode(name).length > LONGEST_NAME;
    if (long || this.names.has(name) || this.names.size >= MOST_SHEETS) {
      throw Unreadable.because("OddlyBuilt");
    }
    this.names.add(name);
  }

  /** The table of the only sheet with data. */
  table(): Table {
    if (this.found === undefined) throw Unreadable.because("Empty");
    const { rows, name, hidden, hiddenRows } = this.found;
    return rows.sheet(name, hidden || hiddenRows);
  }
}

/** Bytes of a sheet's name. Excel allows 31 characters, others more. */
const LONGEST_NAME = 1_024;
