// The records of an old workbook (MS-XLS), walked before it is opened: how far apart its cells lie, how much
// text they refer to, and which rows are hidden.

import { rules } from "../../rules";
import { Unreadable } from "../unreadable";
import { damaged, MOST_SHEETS, needed } from "./guarded";
import { u16At, u32At } from "./little_endian";
import { sharedStrings } from "./shared_strings";

/** One record: what it is, and what it holds. */
export interface BiffRecord {
  readonly kind: number;
  readonly data: Uint8Array;
  /** Where the next one begins. */
  readonly next: number;
}

/** The record at this place; nothing where the stream ends within it. */
export function recordAt(stream: Uint8Array, at: number): BiffRecord | undefined {
  const [kind, length] = [u16At(stream, at), u16At(stream, at + 2)];
  if (kind === undefined || length === undefined || at + 4 + length > stream.length) {
    return undefined;
  }
  return { kind, data: stream.subarray(at + 4, at + 4 + length), next: at + 4 + length };
}

/**
 * Walks all sheets, and refuses cells so far apart that a sheet with all cells between them would be too large.
 * Tells the rows of each sheet that are hidden, counted from 0, in the order of the sheets.
 */
export function walkRecords(stream: Uint8Array): readonly ReadonlySet<number>[] {
  const book = walkBook(stream);
  const places = [{ start: 0, end: book.end }];
  let [cells, text] = [0, 0];
  const hidden = book.starts.map((start) => {
    const sheet = new SheetWalk(book.lengths);
    places.push({ start, end: sheet.walk(stream, start) });
    cells += sheet.area();
    text += sheet.text;
    if (cells > rules.limits.max_cells) throw Unreadable.because("CellsFarApart");
    if (text > rules.limits.max_inflated) throw Unreadable.because("UnpacksTooLarge");
    return sheet.hidden;
  });
  places.sort((one, other) => one.start - other.start || one.end - other.end);
  const within = places.some((place, at) => place.end > (places[at + 1]?.start ?? Infinity));
  if (within) throw Unreadable.because("OddlyBuilt");
  return hidden;
}

/** What stands before the sheets. */
interface BookWalk {
  readonly starts: readonly number[];
  /** The bytes that each of the shared strings takes. */
  readonly lengths: readonly number[];
  readonly end: number;
}

function walkBook(stream: Uint8Array): BookWalk {
  const starts: number[] = [];
  let blocks: Uint8Array[] = [];
  let [at, continues] = [0, false];
  for (let record = recordAt(stream, at); record !== undefined; record = recordAt(stream, at)) {
    const { kind, data } = record;
    at = record.next;
    continues &&= kind === CONTINUE;
    if (kind === END) break;
    if (kind === FILE_PASS && data.some((byte) => byte !== 0)) {
      throw Unreadable.because("PasswordProtected");
    }
    if (kind === BOUND_SHEET) starts.push(needed(u32At(data, 0)));
    else if (kind === STRINGS) [blocks, continues] = [[data], true];
    else if (continues) blocks.push(data);
  }
  if (starts.length > MOST_SHEETS || blocks.length > MOST_BLOCKS) {
    throw Unreadable.because("OddlyBuilt");
  }
  const strings = blocks.length === 0 ? [] : sharedStrings(blocks);
  return { starts, lengths: strings.map(({ length }) => length), end: at };
}

/** One sheet's extent, its hidden rows and the text that its cells refer to. */
class SheetWalk {
  readonly hidden = new Set<number>();
  text = 0;
  private corners: readonly [number, number, number, number] | undefined;
  private formula: readonly [number, number] = [0, 0];

  constructor(private readonly lengths: readonly number[]) {}

  /** Walks to the sheet's end, and tells where that is. */
  walk(stream: Uint8Array, start: number): number {
    if (start >= stream.length) throw damaged();
    let [at, depth] = [start, 0];
    for (let record = recordAt(stream, at); record !== undefined; record = recordAt(stream, at)) {
      at = record.next;
      if (record.kind === BEGIN) depth += 1;
      else if (record.kind === END) {
        if (depth <= 1) break;
        depth -= 1;
      } else if (depth <= 1) this.see(record);
    }
    return at;
  }

  area(): number {
    if (this.corners === undefined) return 0;
    const [top, left, bottom, right] = this.corners;
    return (bottom - top + 1) * (right - left + 1);
  }

  private see({ kind, data }: BiffRecord): void {
    const [row, column] = [u16At(data, 0), u16At(data, 2)];
    if (kind === ROW) this.seeRow(row, data);
    else if (kind === FORMULAS_TEXT) this.reach(...this.formula);
    else if (kind === MULTIPLE_NUMBERS) {
      this.reach(row, column);
      this.reach(row, data.length < 2 ? undefined : u16At(data, data.length - 2));
    } else if (CELLS.has(kind)) this.reach(row, column);
    if (kind === FORMULA) this.formula = [row ?? 0, column ?? 0];
    if (kind === SHARED_STRING) this.text += this.lengths[u32At(data, 6) ?? Infinity] ?? 0;
  }

  private seeRow(row: number | undefined, data: Uint8Array): void {
    const unseen = ((u16At(data, 12) ?? 0) & ZERO_HEIGHT) !== 0 || u16At(data, 6) === 0;
    if (row !== undefined && unseen) this.hidden.add(row);
  }

  private reach(row: number | undefined, column: number | undefined): void {
    if (row === undefined || column === undefined) return;
    const [top, left, bottom, right] = this.corners ?? [row, column, row, column];
    this.corners = [
      Math.min(top, row),
      Math.min(left, column),
      Math.max(bottom, row),
      Math.max(right, column),
    ];
  }
}

/** Kinds of records. */
export const BEGIN = 0x0809;
export const END = 0x000a;
export const CONTINUE = 0x003c;
export const BOUND_SHEET = 0x0085;
export const STRINGS = 0x00fc;
export const MULTIPLE_NUMBERS = 0x00bd;
export const FORMULA = 0x0006;
export const FORMULAS_TEXT = 0x0207;
export const SHARED_STRING = 0x00fd;
export const NUMBER = 0x0203;
export const LABEL = 0x0204;
export const RICH_LABEL = 0x00d6;
export const TRUTH_OR_ERROR = 0x0205;
export const SHORT_NUMBER = 0x027e;
const FILE_PASS = 0x002f;
const ROW = 0x0208;

const CELLS = new Set([
  NUMBER,
  LABEL,
  RICH_LABEL,
  TRUTH_OR_ERROR,
  SHORT_NUMBER,
  SHARED_STRING,
  FORMULA,
]);

/** The flag of a row that can't be seen. */
const ZERO_HEIGHT = 0x20;

/** Records that continue the table of strings, of up to 8 KiB each. */
const MOST_BLOCKS = 16_384;
