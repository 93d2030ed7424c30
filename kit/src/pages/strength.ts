// How hard a passphrase is to guess, told honestly: by what a patient guesser tries first, not by how many
// kinds of characters there are. It can't know which words are dear to whom.

/** How hard it is. */
export type Strength = "weak" | "fair" | "strong";

/** About how many halvings a guesser has before them. A word counts as a word, however long it is. */
export function bitsOf(passphrase: string): number {
  const seen = new Set<string>();
  let bits = 0;
  for (const run of passphrase.toLowerCase().match(RUNS) ?? []) {
    if (seen.has(run)) continue;
    seen.add(run);
    bits += bitsOfRun(run);
  }
  return bits;
}

/** In three steps. */
export function strengthOf(passphrase: string): Strength {
  const bits = bitsOf(passphrase);
  return bits < FAIR ? "weak" : bits < STRONG ? "fair" : "strong";
}

/** What the strength means for whoever chose it. */
export const STRENGTHS: { readonly [strength in Strength]: string } = {
  weak: "Weak. Somebody who has the file could guess it. Add words that nobody would put together.",
  fair: "Fair. It holds off a person, but not for certain a determined group with many computers.",
  strong:
    "Strong, as long as it is not a quotation, a song or anything that you have used elsewhere.",
};

/** A passphrase that nobody can guess: six made-up words that can be read out. */
export function suggestion(): string {
  const made = Array.from({ length: SUGGESTED_WORDS }, () => syllable() + syllable()).join("-");
  // Now and then chance makes the same word twice, which looks weak to a guesser as well.
  return strengthOf(made) === "strong" ? made : suggestion();
}

const RUNS = /\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu;
const FAIR = 36;
const STRONG = 50;
const SUGGESTED_WORDS = 6;

// No letters that look or sound alike, and sixteen by four: each syllable is exactly six bits.
const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aeio";

function bitsOfRun(run: string): number {
  const different = new Set(run).size;
  if (/^\p{L}/u.test(run)) return COMMON.test(run) ? 2 : Math.min(2.6 * different, A_WORD);
  if (/^\p{N}/u.test(run)) return isYear(run) ? 6 : Math.min(3 * different, 20);
  // What stands between words is guessed with them.
  return run.length === 1 && /[\s\-_.,]/.test(run) ? 1 : Math.min(4 * different, 12);
}

/** A word out of some twelve thousand. */
const A_WORD = 13.5;
const COMMON =
  /^(pass(word|phrase)?|qwerty\w*|abc\w*|letmein|welcome|school|admin|secret|pupil|monday|summer|spring|autumn|winter)$/;

function isYear(digits: string): boolean {
  return /^(19|20)[0-9]{2}$/.test(digits);
}

function syllable(): string {
  const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
  return CONSONANTS.charAt(byte & 15) + VOWELS.charAt((byte >> 4) & 3);
}
