// What stands for a letter in XML: five names and the letter's number. Nobody declares any more of them.

/** The letter that a reference stands for, without its marks; nothing where it stands for none. */
export function resolved(reference: string): string | undefined {
  const named = NAMED.get(reference);
  if (named !== undefined) return named;
  const number = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(reference);
  if (number === null || reference.startsWith("#X")) return undefined;
  const code = number[1] === undefined ? Number(number[2]) : parseInt(number[1], 16);
  const isLetter = code > 0 && code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff);
  return isLetter ? String.fromCodePoint(code) : undefined;
}

/** A text with its references resolved; nothing where one of them stands for nothing. */
export function unescaped(text: string): string | undefined {
  if (!text.includes("&")) return text;
  let good = true;
  const whole = text.replace(/&([^;]*)(;?)/g, (_, reference: string, closed: string) => {
    const letter = closed === "" ? undefined : resolved(reference);
    good &&= letter !== undefined;
    return letter ?? "";
  });
  return good ? whole : undefined;
}

const NAMED = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["apos", "'"],
  ["quot", '"'],
]);
