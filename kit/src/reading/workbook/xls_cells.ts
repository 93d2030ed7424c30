// The cells of one sheet of an old workbook.

import type { ValueKind } from "../table";
import { toldText } from "./code_pages";
import { damaged, needed } from "./guarded";
import { u16At, u32At } from "./little_endian";
import { moment, writtenOut } from "./numbers";
import {
  BEGIN,
  END,
  FORMULA,
  FORMULAS_TEXT,
  LABEL,
  MULTIPLE_NUMBERS,
  NUMBER,
  RICH_LABEL,
  SHARED_STRING,
  SHORT_NUMBER,
  TRUTH_OR_ERROR,
} from "./records";
import { recordsFrom, type OldBook } from "./xls_book";

/** What a cell holds. */
export interface Held {
  readonly kind: ValueKind;
  readonly text: string;
}

/** The cells of a sheet by their rows and columns, counted from 0. Of several in one place, the last. */
export type OldCells = ReadonlyMap<number, ReadonlyMap<number, Held>>;

/** Reads the sheet that begins at this place. */
export function oldCells(stream: Uint8Array, start: number, book: OldBook): OldCells {
  const cells = new Cells(book);
  let [seenBegin, depth] = [false, 0];
  for (const { kind, data } of recordsFrom(stream, start)) {
    // What lies within a sheet, such as a chart, has cells of its own.
    if (depth > 0) {
      if (kind === BEGIN) depth += 1;
      if (kind === END) depth -= 1;
    } else if (kind === BEGIN) {
      if (seenBegin) depth += 1;
      seenBegin = true;
    } else if (kind === END) {
      break;
    } else {
      cells.see(kind, data);
    }
  }
  return cells.rows;
}

class Cells {
  readonly rows = new Map<number, Map<number, Held>>();
  private formula: readonly [number, number] = [0, 0];

  constructor(private readonly book: OldBook) {}

  see(kind: number, data: Uint8Array): void {
    switch (kind) {
      case NUMBER:
        if (data.length < 14) throw damaged();
        return this.put(data, this.number(doubleAt(data, 6), u16At(data, 4)));
      case LABEL:
      case RICH_LABEL:
        if (data.length < 6) throw damaged();
        return this.put(data, text(this.told(data.subarray(6))));
      case TRUTH_OR_ERROR:
        if (data.length < 8) throw damaged();
        return this.put(data, truthOrError(data));
      case FORMULAS_TEXT:
        return this.putAt(...this.formula, text(this.told(data)));
      case SHORT_NUMBER:
        if (data.length < 10) throw damaged();
        return this.put(data, this.short(data.subarray(4)));
      case SHARED_STRING:
        return this.shared(data);
      case MULTIPLE_NUMBERS:
        return this.several(data);
      case FORMULA:
        return this.result(data);
    }
  }

  private put(data: Uint8Array, held: Held): void {
    this.putAt(needed(u16At(data, 0)), needed(u16At(data, 2)), held);
  }

  private putAt(row: number, column: number, held: Held): void {
    const cells = this.rows.get(row) ?? new Map<number, Held>();
    this.rows.set(row, cells);
    cells.set(column, held);
  }

  private told(bytes: Uint8Array): string {
    return toldText(bytes, this.book.page, this.book.isBiff8);
  }

  private number(number: number, format: number | undefined): Held {
    const { formats, since1904 } = this.book;
    return format !== undefined && formats[format] === "moment"
      ? { kind: "date", text: moment(number, since1904) }
      : { kind: "number", text: writtenOut(number) };
  }

  private shared(data: Uint8Array): void {
    if (data.length < 10) throw damaged();
    const string = this.book.strings[needed(u32At(data, 6))];
    if (string !== undefined) this.put(data, text(string));
  }

  private several(data: Uint8Array): void {
    if (data.length < 6) throw damaged();
    const [row, first] = [needed(u16At(data, 0)), needed(u16At(data, 2))];
    const count = (needed(u16At(data, data.length - 2)) - first + 1) & 0xffff;
    if (data.length !== 6 + 6 * count) throw damaged();
    for (let at = 0; at < count; at += 1) {
      this.putAt(row, first + at, this.short(data.subarray(4 + at * 6, 10 + at * 6)));
    }
  }

  /** A number in four bytes: a whole one or the upper half of another, or a hundredth of either. */
  private short(data: Uint8Array): Held {
    const [format, low] = [u16At(data, 0), needed(data[2])];
    const bits = needed(u32At(data, 2));
    const whole = (bits | 0) >> 2;
    const upper = new DataView(new ArrayBuffer(8));
    upper.setUint32(4, (bits & ~3) >>> 0, true);
    const number = low & 2 ? whole : upper.getFloat64(0, true);
    return this.number(low & 1 ? number / 100 : number, format);
  }

  /** What a formula came to. A text stands in a record behind it. */
  private result(data: Uint8Array): void {
    if (data.length < 22) throw damaged();
    const [row, column] = [needed(u16At(data, 0)), needed(u16At(data, 2))];
    this.formula = [row, column];
    const [kind, value] = [needed(data[6]), needed(data[8])];
    if (u16At(data, 12) !== 0xffff) {
      return this.putAt(row, column, this.number(doubleAt(data, 6), u16At(data, 4)));
    }
    if (kind === 0) return;
    if (kind > 3) throw damaged();
    const results = [text(""), bool(value !== 0), kind === 2 ? error(value) : text(""), text("")];
    this.putAt(row, column, needed(results[kind]));
  }
}

function text(text: string): Held {
  return { kind: "text", text };
}

function bool(truth: boolean): Held {
  return { kind: "bool", text: truth ? "TRUE" : "FALSE" };
}

function error(number: number): Held {
  return text(needed(ERRORS.get(number)));
}

function truthOrError(data: Uint8Array): Held {
  const [value, isError] = [needed(data[6]), needed(data[7])];
  if (isError > 1) throw damaged();
  return isError === 1 ? error(value) : bool(value !== 0);
}

function doubleAt(data: Uint8Array, at: number): number {
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getFloat64(at, true);
}

/** Errors that a sheet shows in place of values, by their numbers. */
const ERRORS: ReadonlyMap<number, string> = new Map([
  [0x00, "#NULL!"],
  [0x07, "#DIV/0!"],
  [0x0f, "#VALUE!"],
  [0x17, "#REF!"],
  [0x1d, "#NAME?"],
  [0x24, "#NUM!"],
  [0x2a, "#N/A"],
  [0x2b, "#DATA!"],
]);
