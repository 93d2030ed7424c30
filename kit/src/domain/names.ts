// A pupil's names: what may be one. Nothing here guesses or mends: a name that lost letters on its way is
// refused. The mirror of the first half of the daemon's `domain::names`; how names compare stands elsewhere.

import { rules } from "../rules";
import { hasLetter, isControl, isLongerThan, isSpace, trimEnds } from "./letters";

/** What a text is as one part of a person's name. */
export type NameRead =
  | { readonly is: "name"; readonly name: string }
  /** Nothing but spaces or invisible characters. */
  | { readonly is: "empty" }
  /** Digits, `?`, U+FFFD, control characters, or the marks of a file saved in the wrong encoding. */
  | { readonly is: "characters" }
  | { readonly is: "too-long" };

/** Reads a name: spaces and invisible characters at its ends are trimmed, nothing is mended. */
export function parseName(text: string): NameRead {
  const name = trimEnds(text, (unit) => isSpace(unit) || isInvisible(unit));
  if (name === "") return { is: "empty" };
  if (isLongerThan(name, rules.names.longest)) return { is: "too-long" };
  if (PLAIN.test(name)) return { is: "name", name };
  if (!hasLetter(name) || isControl(name) || LOST.test(name) || isGarbled(name)) {
    return { is: "characters" };
  }
  return { is: "name", name };
}

/** Whether a character is a zero-width or direction mark: it changes how a name compares, and never how it looks. */
export function isInvisible(character: string): boolean {
  return IS_INVISIBLE.test(character);
}

/** The invisible characters, as a regular expression writes them between its brackets. */
export const INVISIBLE = rules.names.invisible
  .map((range) => range.map((point) => `\\u{${point.toString(16)}}`).join("-"))
  .join("");

// Whether a text looks like a file that was read in the wrong encoding, or like escaped HTML.
function isGarbled(text: string): boolean {
  return (
    rules.names.garbled.some((marks) => text.includes(marks)) ||
    [...text].some(isStray) ||
    ENTITY.test(text) ||
    hasTornLetter(text)
  );
}

// A sign such as `√`, `¤` or `├`, of which letters in the wrong encoding are full.
function isStray(character: string): boolean {
  const { apostrophes, hyphens, between_names } = rules.names;
  const between = [apostrophes, hyphens, between_names].some((marks) => marks.includes(character));
  return !between && !OF_NAMES.test(character) && !isInvisible(character);
}

// A letter of Poland, Wales or Turkey (`ł`, `ŵ`, `ş`) whose two bytes were read as Windows-1252, where the
// second made no stray sign: `Å´`, `Åž`.
function hasTornLetter(text: string): boolean {
  const { torn_firsts, torn_seconds } = rules.names;
  return [...text].some(
    (second, at, all) => torn_firsts.includes(all[at - 1] ?? " ") && torn_seconds.includes(second),
  );
}

const IS_INVISIBLE = new RegExp(`[${INVISIBLE}]`, "u");
// Hardly a name of a list is written otherwise.
const PLAIN = /^[A-Za-z](?:[A-Za-z' -]*[A-Za-z])?$/;
const LOST = /[\p{N}?\ufffd]/u;
const OF_NAMES = /[\p{Alphabetic}\p{M}\p{ASCII}\p{White_Space}]/u;
const ENTITY = /&[A-Za-z0-9]+;/;
