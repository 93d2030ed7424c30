// What a file is, by its name alone. Knows no bytes: what a name promises, the readers still have to find.
// The mirror of the daemon's `reading::kind`.

import type { Kind } from "../domain/list";
import { asciiLower, runsOfLetters, trimSpaces } from "../domain/letters";
import { rules } from "../rules";

/** The spreadsheets that are read. */
export type Format = "csv" | "tsv" | "txt" | "xlsx" | "xls" | "ods";

/** What a file's name says of it. */
export interface Named {
  /** What the school means it to be. */
  readonly kind: Kind;
  /** `.age` behind the name: encrypted to the council's intake key. */
  readonly encrypted: boolean;
  /** How its rows are written; undefined where it is no spreadsheet. */
  readonly format: Format | undefined;
}

/** What a file of this name is: the first row of the contract's table that fits. */
export function kindOf(name: string): Named {
  const whole = trimSpaces(name);
  const outer = splitExtension(whole);
  const encrypted = outer.extension === "age";
  const inner = encrypted ? trimSpaces(outer.stem) : whole;
  const { stem, extension } = splitExtension(inner);
  const format = FORMATS.find((known) => known === extension);
  const words = wordsOf(format === undefined ? inner : stem);
  return { kind: kindByWords(words, format !== undefined), encrypted, format };
}

/** Whether a format is plain text with separators between its cells. */
export function isDelimited(format: Format): boolean {
  return format === "csv" || format === "tsv" || format === "txt";
}

/**
 * Whether a name holds a word of refusal. A list without a consent column under such a name may be a list
 * of those who said no.
 */
export function namesRefusals(name: string): boolean {
  const { refusing_words, refusing_stems } = rules.kinds;
  return wordsOf(name.replace(/['’]/g, "")).some(
    (word) => refusing_words.includes(word) || beginsWithOneOf(word, refusing_stems),
  );
}

/**
 * Whether a title or a sheet's name says plainly that what follows are refusals. Narrower than
 * `namesRefusals`, because titles are sentences ("do not pass on").
 */
export function tellsOfRefusal(title: string): boolean {
  const words = wordsOf(title);
  const refused = words.some((word) => beginsWithOneOf(word, rules.kinds.refusing_titles));
  const negated = hasPair(
    words,
    (no) => rules.kinds.negations.includes(no),
    (of) => beginsWithOneOf(of, rules.kinds.negated_stems),
  );
  return refused || negated || withdraws(words);
}

function kindByWords(words: readonly string[], spreadsheet: boolean): Kind {
  if (spreadsheet && withdraws(words)) return "withdrawal";
  const first = FIRST_WORDS.get(words[0] ?? "");
  if (first === undefined || (first === "addition" && !spreadsheet)) {
    return spreadsheet ? "consent-list" : "unknown";
  }
  return first;
}

function withdraws(words: readonly string[]): boolean {
  const optingOut = hasPair(
    words,
    (opting) => rules.kinds.opting.includes(opting),
    (out) => rules.kinds.out.includes(out),
  );
  const withdrawing = (word: string) =>
    word.startsWith(rules.kinds.withdrawing_stem) || rules.kinds.opt_outs.includes(word);
  return optingOut || words.some(withdrawing);
}

function hasPair(
  words: readonly string[],
  isFirst: (word: string) => boolean,
  isSecond: (word: string) => boolean,
): boolean {
  return words.some((word, at) => isFirst(word) && isSecond(words[at + 1] ?? ""));
}

function beginsWithOneOf(word: string, stems: readonly string[]): boolean {
  return stems.some((stem) => word.startsWith(stem));
}

// Runs of letters, in lower case.
function wordsOf(text: string): readonly string[] {
  return runsOfLetters(text).map((word) => word.toLowerCase());
}

// The extension in small letters, without its dot; undefined where the name has no dot.
function splitExtension(name: string): { stem: string; extension: string | undefined } {
  const dot = name.lastIndexOf(".");
  if (dot === -1) return { stem: name, extension: undefined };
  return { stem: name.slice(0, dot), extension: asciiLower(name.slice(dot + 1)) };
}

const FORMATS: readonly Format[] = ["csv", "tsv", "txt", "xlsx", "xls", "ods"];

const KINDS: readonly Kind[] = ["addition", "request", "discrepancy", "destruction"];
const FIRST_WORDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries(rules.kinds.first_words).flatMap(([word, named]) => {
    const kind = KINDS.find((known) => known === named);
    return kind === undefined ? [] : [[word, kind] as const];
  }),
);
