// From rows of cells to the bytes of a text file, as one program or another writes it.

import type { Dice } from "./dice";

/** How a program writes a list as text. */
export interface Dress {
  readonly separator: string;
  readonly lineEnd: string;
  readonly lastLineEnds: boolean;
  readonly quotes: "needed" | "always" | "never" | "odd";
  readonly encoding: "utf8" | "latin1" | "windows-1252" | "utf16le" | "utf16be" | "utf32le";
  readonly mark: boolean;
  readonly declared: boolean;
}

/** How most programs do it, or one that few use. */
export function dressOf(dice: Dice): Dress {
  const odd = dice.chance(30);
  return {
    separator: odd ? dice.one([",", ";", "\t", "|", ":", " "]) : ",",
    lineEnd: dice.one(["\r\n", "\n", ...(odd ? ["\r", "\r\r\n", "\n\r"] : [])]),
    lastLineEnds: dice.chance(80),
    quotes: odd ? dice.one(["needed", "needed", "always", "never", "odd"]) : "needed",
    encoding: odd
      ? dice.one(["utf8", "latin1", "windows-1252", "utf16le", "utf16be", "utf8", "utf32le"])
      : "utf8",
    mark: dice.chance(50),
    declared: odd && dice.chance(15),
  };
}

/** The bytes of these rows in this dress. */
export function textFile(grid: readonly (readonly string[])[], dress: Dress): Uint8Array {
  const { separator, lineEnd, quotes } = dress;
  const lines = grid.map((row) =>
    row.map((cell, at) => quoted(cell, separator, quotes, at)).join(separator),
  );
  if (dress.declared) lines.unshift(`sep=${separator}`);
  const text = lines.join(lineEnd) + (dress.lastLineEnds ? lineEnd : "");
  return encoded(text, dress.encoding, dress.mark);
}

function quoted(cell: string, separator: string, quotes: Dress["quotes"], at: number): string {
  const inQuotes = `"${cell.replaceAll('"', '""')}"`;
  switch (quotes) {
    case "always":
      return inQuotes;
    case "never":
      return cell;
    case "odd":
      return [cell, inQuotes, ` ${inQuotes}`, `${inQuotes} `, `"${cell}"x`, cell][at % 6]!;
    case "needed":
      return [separator, '"', "\r", "\n"].some((one) => cell.includes(one)) ? inQuotes : cell;
  }
}

function encoded(text: string, encoding: Dress["encoding"], mark: boolean): Uint8Array {
  const marked = mark ? `\ufeff${text}` : text;
  switch (encoding) {
    case "utf8":
      return Buffer.from(marked, "utf8");
    case "utf16le":
      return Buffer.from(marked, "utf16le");
    case "utf16be":
      return Buffer.from(marked, "utf16le").swap16();
    case "latin1":
      return Buffer.from(text, "latin1");
    case "windows-1252":
      return Buffer.from(
        [...text].map((letter) => HIGH.get(letter) ?? letter.charCodeAt(0) & 0xff),
      );
    case "utf32le": {
      const points = [...marked].map((letter) => letter.codePointAt(0)!);
      return Buffer.from(new Uint32Array(points).buffer);
    }
  }
}

const HIGH = new Map(
  [..."€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"].map((letter, at) => [
    letter,
    0x80 + at,
  ]),
);
