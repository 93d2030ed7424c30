// The numbers that schools and councils use for pupils and schools, with their check digits. A valid number
// proves no typing slip; it never proves that it is this pupil. The mirror of the daemon's
// `domain::identifiers`: exact forms only, because cleaning is the reader's work.

/** A Unique Pupil Number whose check letter fits: thirteen characters in capitals. */
export function parseUpn(text: string): string | undefined {
  if (!UPN.test(text)) return undefined;
  let sum = 0;
  for (let at = 1; at < 13; at += 1) sum += (at + 1) * valueInUpn(text.charAt(at));
  return valueInUpn(text.charAt(0)) === sum % 23 ? text : undefined;
}

/**
 * Whether a UPN is a temporary one (a letter at its end), which a later one replaces: it is kept, never
 * matched on, and contradicts nothing.
 */
export function isTemporary(upn: string): boolean {
  return /[A-Z]$/.test(upn);
}

/** A Unique Learner Number whose check digit fits: ten digits, the first not 0. */
export function parseUln(text: string): string | undefined {
  if (!ULN.test(text) || text === NOBODYS_ULN) return undefined;
  let body = 0;
  for (let at = 0; at < 9; at += 1) body += (10 - at) * Number(text.charAt(at));
  // A body with remainder 0 has no check digit at all (HESA C17051).
  return body % 11 !== 0 && (body + Number(text.charAt(9))) % 11 === 10 ? text : undefined;
}

/**
 * A school's number as seven digits, from `8604001`, `860/4001`, `860-4001` or `860 4001`. Local authorities
 * run from 200 to 998, Welsh ones included.
 */
export function parseLaestab(text: string): string | undefined {
  const [, authority = "", establishment = ""] = LAESTAB.exec(text) ?? [];
  const known = authority >= "200" && authority <= "998" && establishment !== "0000";
  return known ? authority + establishment : undefined;
}

/** A school's Unique Reference Number: six digits from 100000. */
export function parseUrn(text: string): number | undefined {
  return URN.test(text) ? Number(text) : undefined;
}

// The letters that a UPN may use, in the order of their values: no I, O or S.
const LETTERS_OF_UPN = "ABCDEFGHJKLMNPQRTUVWXYZ";

function valueInUpn(character: string): number {
  const letter = LETTERS_OF_UPN.indexOf(character);
  return letter === -1 ? Number(character) : letter;
}

const UPN = new RegExp(`^[${LETTERS_OF_UPN}][0-9]{11}[0-9${LETTERS_OF_UPN}]$`);
const ULN = /^[1-9][0-9]{9}$/;
const LAESTAB = /^([0-9]{3})[/\- ]?([0-9]{4})$/;
const URN = /^[1-9][0-9]{5}$/;

// It stands for «none».
const NOBODYS_ULN = "9999999999";
