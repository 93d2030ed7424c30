// An age file taken apart as far as it can be without a key: armour, header, payload. Tells a file that ends
// too early from one that was changed, where the bytes show it.

import { armor } from "age-encryption";

/** A file that has the shape of an age file. */
export interface AgeFile {
  readonly is: "age-file";
  /** Its bytes without armour. */
  readonly bytes: Uint8Array;
  /** Where the sealed chunks begin, behind the header and a nonce. */
  readonly payload: number;
}

/** Why a file is not, or no longer, an age file. */
export type ShapeFault =
  | "empty"
  | "too-large"
  | "not-age"
  | "cut-short"
  | "changed"
  /** By a program that took it for text: its line ends or its encoding are others. */
  | "changed-as-text";

/** Reads the shape of a sealed file, binary or armoured. */
export function ageFile(sealed: Uint8Array): AgeFile | ShapeFault {
  if (sealed.length === 0) return "empty";
  if (sealed.length > MOST_SEALED) return "too-large";
  if (!isArmoured(sealed)) return shapeOf(sealed);
  const text = asciiOf(sealed);
  try {
    return shapeOf(armor.decode(text));
  } catch {
    return isBegunArmour(text) ? "cut-short" : "changed";
  }
}

/** Whether the file is one of age, or the beginning of one. */
export function looksLikeAge(file: Uint8Array): boolean {
  return file.length > 0 && (isArmoured(file) || startsLike(file, MAGIC));
}

function shapeOf(bytes: Uint8Array): AgeFile | ShapeFault {
  if (!startsLike(bytes, MAGIC)) return isTextOfAge(bytes) ? "changed-as-text" : "not-age";
  const head = asciiOf(bytes.subarray(0, LONGEST_HEADER));
  const last = head.indexOf("\n--- ");
  const end = last < 0 ? -1 : head.indexOf("\n", last + 1);
  if (end < 0) {
    // A header that lost its end is text to the last byte; where its end was changed, the payload follows.
    return bytes.length < LONGEST_HEADER && HEADER_TEXT.test(head) ? "cut-short" : "changed";
  }
  // Where the line's own end was changed, the next one found stands somewhere in the payload.
  if (!LAST_HEADER_LINE.test(head.slice(last + 1, end))) return "changed";
  const payload = end + 1 + NONCE;
  return bytes.length < payload + TAG ? "cut-short" : { is: "age-file", bytes, payload };
}

function isArmoured(file: Uint8Array): boolean {
  const start = asciiOf(file.subarray(0, 1024)).trimStart();
  return start !== "" && (start.startsWith(BEGIN) || (start.length > 5 && BEGIN.startsWith(start)));
}

/** Whether the text is what an armoured file begins with, and no more. */
function isBegunArmour(text: string): boolean {
  const unix = text.trimStart().replaceAll("\r\n", "\n").replace(/\r$/, "");
  const [first = "", ...lines] = unix.split("\n");
  if (lines.length === 0) return BEGIN.startsWith(first);
  const last = lines.at(-1) ?? "";
  if (last === "" || last.startsWith("-")) {
    if (!END.startsWith(last)) return false;
    lines.pop();
  }
  return lines.every((line, at) => (at < lines.length - 1 ? FULL_LINE : LAST_LINE).test(line));
}

/** PowerShell's `>` writes UTF-16, and transfers in text mode write other line ends. */
function isTextOfAge(bytes: Uint8Array): boolean {
  const head = asciiOf(bytes.subarray(0, 64));
  const bare = head.replace(/^(\xff\xfe|\xfe\xff|\xef\xbb\xbf)|\0/g, "").replace("\r", "");
  return bare.startsWith(MAGIC);
}

function startsLike(file: Uint8Array, start: string): boolean {
  const head = asciiOf(file.subarray(0, start.length));
  return head === start.slice(0, file.length);
}

function asciiOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

const MAGIC = "age-encryption.org/v1\n";
const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const END = "-----END AGE ENCRYPTED FILE-----";
const FULL_LINE = /^[A-Za-z0-9+/]{64}$/;
/** Shorter than a full one, or cut within itself. */
const LAST_LINE = /^[A-Za-z0-9+/]{0,64}={0,2}$/;
const LAST_HEADER_LINE = /^--- [A-Za-z0-9+/]{43}$/;
const HEADER_TEXT = /^[\n\x20-\x7e]*$/;
const NONCE = 16;
const TAG = 16;
/** The bytes in which a header must end: hundreds of recipients. Each costs a try. */
const LONGEST_HEADER = 64 * 1024;
/** Far more than a council sends or takes. */
const MOST_SEALED = 64 * 1024 * 1024;
