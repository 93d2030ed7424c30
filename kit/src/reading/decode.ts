// Bytes to text, by a fixed order and without guessing: a byte order mark, then strict UTF-8, then
// Windows-1252 with a warning. Nothing that was lost is repaired. The mirror of the daemon's `reading::decode`.

import { Unreadable } from "./unreadable";

/** Text, and how sure its reading is. */
export interface Decoded {
  readonly text: string;
  /** The bytes did not say how they are encoded, and Windows-1252 was taken. */
  readonly assumed: boolean;
}

/** The text of these bytes; throws `Unreadable`. */
export function decode(bytes: Uint8Array): Decoded {
  const decoded = marked(bytes) ?? unmarked(bytes);
  if (decoded === undefined || decoded.text.includes("\0")) throw Unreadable.because("NotText");
  return decoded;
}

/** Whether the bytes begin with these. */
export function startsWith(bytes: Uint8Array, mark: readonly number[], at = 0): boolean {
  return mark.every((byte, offset) => bytes[at + offset] === byte);
}

function marked(bytes: Uint8Array): Decoded | undefined {
  const found = MARKS.find(({ mark }) => startsWith(bytes, mark));
  if (found === undefined) return undefined;
  const text = strictly(found.encoding, bytes.subarray(found.mark.length));
  if (text === undefined) throw Unreadable.because("NotText");
  return { text, assumed: false };
}

function unmarked(bytes: Uint8Array): Decoded | undefined {
  if (isUtf16(bytes)) throw Unreadable.because("Utf16Unmarked");
  if (bytes.includes(0)) return undefined;
  const text = strictly("utf-8", bytes);
  if (text !== undefined) return { text, assumed: false };
  if (UNDEFINED_IN_1252.some((byte) => bytes.includes(byte))) return undefined;
  return { text: windows1252(bytes), assumed: true };
}

function strictly(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// Every byte has its letter here. Some versions of Node read the bytes from 0x80 to 0x9f as Latin 1 does, as
// control characters (and, asked to be strict, lose a first 0xff); browsers never do.
function windows1252(bytes: Uint8Array): string {
  const text = new TextDecoder("windows-1252").decode(bytes);
  return text.replace(/[\x80-\x9f]/g, (control) =>
    SIGNS_OF_1252.charAt(control.charCodeAt(0) - 0x80),
  );
}

// Whether every other byte is nought, nearly: UTF-16 of western letters, without its mark.
function isUtf16(bytes: Uint8Array): boolean {
  const pairs = Math.min(Math.floor(bytes.length / 2), PAIRS_LOOKED_AT);
  const noughts = [0, 0];
  for (let at = 0; at < 2 * pairs; at += 1) {
    if (bytes[at] === 0) noughts[at % 2] = (noughts[at % 2] ?? 0) + 1;
  }
  const [few = 0, many = 0] = noughts.sort((a, b) => a - b);
  return few === 0 && many > 1 && many > Math.floor(pairs / 10) * 8;
}

const MARKS = [
  { mark: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { mark: [0xff, 0xfe], encoding: "utf-16le" },
  { mark: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

// Pairs of bytes that are enough to know UTF-16 by.
const PAIRS_LOOKED_AT = 2048;

// The five bytes that Windows-1252 leaves without a letter; browsers would take them for control characters.
const UNDEFINED_IN_1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** What the bytes from 0x80 to 0x9f stand for in Windows-1252; a space where they stand for nothing. */
export const SIGNS_OF_1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
