// Bytes to text, as far as they are text.

/** A text, and whether it was cut where its bytes stopped being letters. */
export interface Letters {
  readonly text: string;
  readonly cut: boolean;
}

/** The text of these bytes in UTF-8, without the mark at its beginning. */
export function lettersOf(bytes: Uint8Array): Letters {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const letters = marked ? bytes.subarray(3) : bytes;
  try {
    return { text: utf8(letters), cut: false };
  } catch {
    return { text: utf8(letters.subarray(0, firstBadByte(letters))), cut: true };
  }
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Where the first letter begins that is none: by halves, since what stands before it can be read. */
function firstBadByte(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canBegin(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  while (good > 0 && !isWhole(bytes.subarray(0, good))) good -= 1;
  return good;
}

/** Whether these bytes could be the beginning of a text. */
function canBegin(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function isWhole(bytes: Uint8Array): boolean {
  try {
    utf8(bytes);
    return true;
  } catch {
    return false;
  }
}
