// What an old workbook tells before its sheets: their names and places, the texts that cells refer to, and
// which formats show a date.

import { CodePage, toldText } from "./code_pages";
import { damaged, needed } from "./guarded";
import { u16At, u32At } from "./little_endian";
import { builtIn, customFormat, type Shows } from "./number_formats";
import { BEGIN, BOUND_SHEET, CONTINUE, END, recordAt, STRINGS, type BiffRecord } from "./records";
import { sharedStrings } from "./shared_strings";

/** A sheet that the workbook lists. */
export interface OldSheet {
  readonly name: string;
  readonly hidden: boolean;
  /** Where its records begin. */
  readonly start: number;
}

/** What cells need to be read. */
export interface OldBook {
  readonly sheets: readonly OldSheet[];
  readonly strings: readonly string[];
  /** What the formats of cells show, by their numbers. */
  readonly formats: readonly Shows[];
  readonly since1904: boolean;
  readonly page: CodePage;
  /** From Excel 97 on: texts tell how wide their letters are. */
  readonly isBiff8: boolean;
}

/** A record, and those that continue it. */
export interface WholeRecord {
  readonly kind: number;
  readonly data: Uint8Array;
  readonly continued: readonly Uint8Array[];
}

/** The records from this place on, up to the end of the stream. */
export function* recordsFrom(stream: Uint8Array, start: number): Generator<WholeRecord> {
  for (let at = start; at < stream.length;) {
    const { kind, data, next } = needed(recordAt(stream, at));
    const continued: Uint8Array[] = [];
    at = next;
    while (at + 4 < stream.length && u16At(stream, at) === CONTINUE) {
      const more: BiffRecord = needed(recordAt(stream, at));
      continued.push(more.data);
      at = more.next;
    }
    yield { kind, data, continued };
  }
}

/** Reads what stands before the sheets. */
export function oldBookOf(stream: Uint8Array): OldBook {
  const book = new Globals();
  for (const record of recordsFrom(stream, 0)) {
    if (record.kind === END) break;
    book.see(record);
  }
  return book.read();
}

class Globals {
  private readonly sheets: OldSheet[] = [];
  private strings: readonly string[] = [];
  private readonly customFormats = new Map<number, Shows>();
  private readonly formatsOfCells: number[] = [];
  private since1904 = false;
  private page = new CodePage(UNICODE);
  private isBiff8 = true;

  see({ kind, data, continued }: WholeRecord): void {
    switch (kind) {
      case CODE_PAGE:
        this.page = new CodePage(needed(u16At(data, 0)));
        return;
      case DATE_MODE:
        if (needed(u16At(data, 0)) === 1) this.since1904 = true;
        return;
      case FORMAT:
        return this.format(data);
      case CELLS_FORMAT:
        this.formatsOfCells.push(needed(u16At(data, 2)));
        return;
      case BOUND_SHEET:
        this.sheets.push(this.sheet(data));
        return;
      case BEGIN:
        this.isBiff8 = isBiff8(data);
        return;
      case STRINGS: {
        const { page } = this;
        const decode = (bytes: Uint8Array, wide: boolean) => page.letters(bytes, Infinity, wide);
        this.strings = sharedStrings([data, ...continued], decode).map(({ text }) => text);
      }
    }
  }

  read(): OldBook {
    const { sheets, strings, since1904, page, isBiff8 } = this;
    const formats = this.formatsOfCells.map((id) => this.customFormats.get(id) ?? builtIn(id));
    return { sheets, strings, formats, since1904, page, isBiff8 };
  }

  /** A format that nobody can read is none, and cells with it show a number. */
  private format(data: Uint8Array): void {
    const id = u16At(data, 0);
    if (id === undefined || !CUSTOM.some(([first, last]) => id >= first && id <= last)) return;
    const rest = data.subarray(2);
    const isWhole = rest.length >= (this.isBiff8 ? 3 : 2) || u16At(rest, 0) === 0;
    if (isWhole) this.customFormats.set(id, customFormat(toldText(rest, this.page, this.isBiff8)));
  }

  private sheet(data: Uint8Array): OldSheet {
    const [start, state, kind] = [needed(u32At(data, 0)), data[4], data[5]];
    const visibility = needed(state) & 0x3f;
    if (visibility > 2 || !SHEETS.has(needed(kind))) throw damaged();
    const count = needed(data[6]);
    const head = this.isBiff8 ? 8 : 7;
    if (data.length < head) throw damaged();
    const wide = this.isBiff8 ? (needed(data[7]) & 1) !== 0 : undefined;
    const name = this.page.letters(data.subarray(head), count, wide).replaceAll("\0", "");
    return { name, hidden: visibility !== 0, start };
  }
}

function isBiff8(data: Uint8Array): boolean {
  const version = needed(u16At(data, 0));
  if (version === 0) return (u16At(data, 2) ?? 0) !== 0x1000;
  return !OLDER.has(version);
}

/** The versions before Excel 97. */
const OLDER = new Set([0x0002, 0x0007, 0x0200, 0x0300, 0x0400, 0x0500]);

/** Worksheets, macro sheets, charts and modules. */
const SHEETS = new Set([0, 1, 2, 6]);

/** The numbers that formats have which somebody wrote. */
const CUSTOM = [
  [5, 8],
  [23, 26],
  [41, 44],
  [63, 66],
  [164, 382],
] as const;

const UNICODE = 1200;

/** Kinds of records. */
const CODE_PAGE = 0x0042;
const DATE_MODE = 0x0022;
const FORMAT = 0x041e;
const CELLS_FORMAT = 0x00e0;
