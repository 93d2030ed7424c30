// Where whatever goes wrong with a broken file ends: a file that can't be read.

import { Unreadable } from "../unreadable";

/** Runs what reads a workbook. Whatever breaks on a broken file is a file that can't be read. */
export function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Unreadable ? error : damaged();
  }
}

/** What a file is that contradicts its own format. */
export function damaged(): Unreadable {
  return Unreadable.because("Damaged");
}

/** What stood where nothing may be missing. */
export function needed<T>(value: T | undefined): T {
  if (value === undefined) throw damaged();
  return value;
}

/**
 * Formulas without a result that show that no result was saved. A single one is a blank cell like any
 * other; a column of them would be a list on which nobody consented.
 */
export const FORMULAS_WITHOUT_RESULT = 3;

/** Sheets in one workbook. */
export const MOST_SHEETS = 256;
