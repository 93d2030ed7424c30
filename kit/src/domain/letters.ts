// What Unicode calls a space, a letter or a digit. JavaScript's own `trim`, `\s` and `\d` draw these lines
// elsewhere than the daemon does, and it counts a text in halves of characters; here both do it alike.

/** Whether a character is a letter (the property Alphabetic). */
export function isLetter(character: string): boolean {
  return LETTER.test(character);
}

/** Whether a text holds a letter. */
export function hasLetter(text: string): boolean {
  return LETTER.test(text);
}

/** Whether a text is made of letters and numerals alone; so is an empty one. */
export function isOnlyLettersAndNumerals(text: string): boolean {
  return !OTHER_THAN_LETTERS_AND_NUMERALS.test(text);
}

/** The letters and numerals of a text. */
export function lettersAndNumerals(text: string): string {
  return PLAIN.test(text) ? text : text.replace(ALL_OTHERS, "");
}

/** The runs of letters in a text. */
export function runsOfLetters(text: string): readonly string[] {
  return text.match(RUNS_OF_LETTERS) ?? [];
}

/** The runs of characters in a text that are no spaces. */
export function wordsBetweenSpaces(text: string): readonly string[] {
  return text.match(RUNS_WITHOUT_SPACE) ?? [];
}

/** Whether a character is a space of any kind. All of them are one unit long. */
export function isSpace(character: string): boolean {
  const unit = character.charCodeAt(0);
  return unit < 0x80 ? unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) : SPACE.test(character);
}

/** Whether a text holds a control character. */
export function isControl(character: string): boolean {
  return CONTROL.test(character);
}

/** The text without spaces at its ends. */
export function trimSpaces(text: string): string {
  return trimEnds(text, isSpace);
}

/** The text without spaces at its beginning. */
export function trimSpacesBefore(text: string): string {
  return text.slice(firstOther(text, isSpace));
}

/** The text without these characters, each one unit long, at its ends. */
export function trimEnds(text: string, isTrimmed: (unit: string) => boolean): string {
  const start = firstOther(text, isTrimmed);
  let end = text.length;
  while (end > start && mayBeTrimmed(text, end - 1) && isTrimmed(text.charAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Capitals of ASCII in small letters, and nothing else changed. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

/** Small letters of ASCII in capitals, and nothing else changed. */
export function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** The first characters of a text, so many at most. */
export function firstCharacters(text: string, most: number): string {
  if (text.length <= most) return text;
  let at = 0;
  for (let count = 0; count < most && at < text.length; count += 1) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, at);
}

/** Whether a text has more characters than so many. */
export function isLongerThan(text: string, characters: number): boolean {
  return text.length > characters && firstCharacters(text, characters).length < text.length;
}

/** How many bytes a text takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** The lines of a text as they end in `\n` or `\r\n`; what stands behind the last end is one as well. */
export function* linesOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    if (end === -1) {
      yield text.slice(at);
      return;
    }
    yield text.slice(at, end > at && text.charAt(end - 1) === "\r" ? end - 1 : end);
    at = end + 1;
  }
}

function firstOther(text: string, isTrimmed: (unit: string) => boolean): number {
  let at = 0;
  while (at < text.length && mayBeTrimmed(text, at) && isTrimmed(text.charAt(at))) at += 1;
  return at;
}

// No printing character of ASCII is a space: most cells are known by this alone.
function mayBeTrimmed(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit <= 0x20 || unit >= 0x7f;
}

const LETTER = /\p{Alphabetic}/u;
const RUNS_OF_LETTERS = /\p{Alphabetic}+/gu;
const RUNS_WITHOUT_SPACE = /\P{White_Space}+/gu;
const OTHER_THAN_LETTERS_AND_NUMERALS = /[^\p{Alphabetic}\p{N}]/u;
// One at a time: a run of millions would be more than a regular expression holds in mind.
const ALL_OTHERS = /[^\p{Alphabetic}\p{N}]/gu;
const PLAIN = /^[A-Za-z0-9]*$/;
const SPACE = /\p{White_Space}/u;
const CONTROL = /\p{Cc}/u;
