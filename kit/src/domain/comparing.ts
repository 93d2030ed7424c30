// The two forms in which names are compared, and the order of texts. The mirror of `Name::k1` and `k2` of
// the daemon's `domain::names`. Nothing here guesses: Ann is not Anne.

import { rules } from "../rules";
import { isLetter, isSpace } from "./letters";
import { isInvisible } from "./names";

/** The strict form: one apostrophe, one hyphen, one space, no case, nothing invisible. */
export function k1(text: string): string {
  const visible = [...text.normalize("NFC")].filter((c) => !isInvisible(c));
  const folded = [...folding(visible.map(oneMark).join(""))];
  return tidy(folded.map(oneMark)).normalize("NFC");
}

/** The letters-only form: as `k1`, without accents and without what stands between letters. */
export function k2(text: string): string {
  if (ASCII.test(text)) return text.replace(/[^A-Za-z]+/g, "").toLowerCase();
  const bare = [...k1(text).normalize("NFKD")].filter((c) => !MARK.test(c));
  const plain = bare.map((c) => undecomposed.get(c) ?? c).join("");
  // `™` comes out of NFKD in upper case, so the case is folded a second time.
  return [...folding(plain)].filter((c) => isLetter(c)).join("");
}

/**
 * The text without case, as Unicode folds it by default. JavaScript has no folding: what differs from its
 * lower case is in the rules. Each letter is taken by itself, because JavaScript lowers a sigma by the
 * letters beside it.
 */
export function folding(text: string): string {
  let out = "";
  for (const c of text) out += folds.get(c) ?? c.toLowerCase();
  return out;
}

/** Compares texts by their code points, as the daemon does; `<` compares halves of them. */
export function inOrder(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one !== other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

// Surrogates stand for the highest code points, and yet below U+E000 to U+FFFF.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** One space between words, none beside a hyphen, none at the ends. */
function tidy(characters: readonly string[]): string {
  let out = "";
  let space = false;
  for (const c of characters) {
    if (isSpace(c)) {
      space = true;
      continue;
    }
    if (space && out !== "" && c !== "-" && !out.endsWith("-")) out += " ";
    space = false;
    out += c;
  }
  return out;
}

function oneMark(character: string): string {
  return marks.get(character) ?? character;
}

const marks = new Map<string, string>([
  ...[...rules.names.apostrophes].map((c) => [c, "'"] as const),
  ...[...rules.names.hyphens].map((c) => [c, "-"] as const),
]);

const undecomposed = new Map<string, string>(Object.entries(rules.names.undecomposed));
const folds = new Map<string, string>(Object.entries(rules.names.folds));

const MARK = /^\p{M}$/u;
const ASCII = /^\p{ASCII}*$/u;
