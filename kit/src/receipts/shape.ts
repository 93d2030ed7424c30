// Reads values of parsed JSON as what they should be, without trusting that they are.

/** Thrown where a value is not what it should be, and caught where the whole file is read. */
export class NotTheShape extends Error {
  constructor(readonly fault: "not-a-receipt" | "newer") {
    super(fault);
  }
}

/** An object's fields. */
export function factsIn(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new NotTheShape("not-a-receipt");
  }
  return Object.fromEntries(Object.entries(value));
}

export function textIn(value: unknown): string {
  if (typeof value !== "string") throw new NotTheShape("not-a-receipt");
  return value;
}

/** A whole number from 0. */
export function countIn(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new NotTheShape("not-a-receipt");
  }
  return value;
}

/** One of a closed list of words. Another word is one that came later. */
export function wordIn<Word extends string>(words: readonly Word[], value: unknown): Word {
  const text = textIn(value);
  const word = words.find((known) => known === text);
  if (word === undefined) throw new NotTheShape("newer");
  return word;
}

export function listIn<T>(read: (value: unknown) => T): (value: unknown) => readonly T[] {
  return (value) => {
    if (!Array.isArray(value)) throw new NotTheShape("not-a-receipt");
    return value.map((item: unknown) => read(item));
  };
}

/** The value, or null where it is null or not there. */
export function orNull<T>(read: (value: unknown) => T): (value: unknown) => T | null {
  return (value) => (value === null || value === undefined ? null : read(value));
}

/** True only where it is said. */
export function falseUnless(value: unknown): boolean {
  if (value !== undefined && typeof value !== "boolean") throw new NotTheShape("not-a-receipt");
  return value === true;
}
