// The letters of old workbooks: the code page that a workbook tells, and bytes to text by it.

import { SIGNS_OF_1252 } from "../decode";
import { damaged, needed } from "./guarded";
import { u16At } from "./little_endian";

/** The letters of one code page. */
export class CodePage {
  private readonly decoder: TextDecoder;

  constructor(private readonly number: number) {
    this.decoder = new TextDecoder(needed(LABELS.get(number)));
  }

  /** Up to so many letters, of one byte or two each; where nothing is told, as the code page has them. */
  letters(bytes: Uint8Array, count: number, wide: boolean | undefined): string {
    if (wide === true) {
      return this.decoded(bytes.subarray(0, Math.min(count, bytes.length >> 1) * 2));
    }
    const narrow = bytes.subarray(0, count);
    return this.decoded(wide === false || this.isUnicode ? widened(narrow) : narrow);
  }

  private get isUnicode(): boolean {
    return this.number === 1200 || this.number === 1201;
  }

  private decoded(bytes: Uint8Array): string {
    const text = this.decoder.decode(bytes);
    // Some of those who decode take these signs for control characters.
    return this.number === WESTERN ? text.replace(/[\x80-\x9f]/g, sign) : text;
  }
}

/** A text with its length before it, in two bytes, and from BIFF8 on with how wide its letters are. */
export function toldText(bytes: Uint8Array, page: CodePage, isBiff8: boolean): string {
  const count = u16At(bytes, 0);
  const head = isBiff8 ? 3 : 2;
  if (bytes.length < head) {
    if (bytes.length === 2 && count === 0) return "";
    throw damaged();
  }
  const wide = isBiff8 ? (needed(bytes[2]) & 1) !== 0 : undefined;
  return page.letters(bytes.subarray(head), needed(count), wide);
}

function widened(narrow: Uint8Array): Uint8Array {
  const wide = new Uint8Array(narrow.length * 2);
  narrow.forEach((byte, at) => (wide[at * 2] = byte));
  return wide;
}

function sign(control: string): string {
  const letter = SIGNS_OF_1252.charAt(control.charCodeAt(0) - 0x80);
  return letter === " " ? control : letter;
}

const WESTERN = 1252;

const LABELS: ReadonlyMap<number, string> = new Map([
  [1200, "utf-16le"],
  [1201, "utf-16be"],
  [65001, "utf-8"],
  ...[1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258, 874].map(
    (number) => [number, `windows-${number}`] as const,
  ),
  ...[2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map(
    (part) => [part === 10 ? 28_600 : 28_590 + part, `iso-8859-${part}`] as const,
  ),
  [866, "ibm866"],
  [932, "shift_jis"],
  [936, "gbk"],
  [949, "euc-kr"],
  [950, "big5"],
  [10_000, "macintosh"],
  [10_007, "x-mac-cyrillic"],
  [20_866, "koi8-r"],
  [21_866, "koi8-u"],
  [54_936, "gb18030"],
]);
