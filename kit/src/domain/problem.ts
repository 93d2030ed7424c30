// What can be wrong with a file or a row, in the daemon's own words.

import { rules } from "../rules";

/** A stable code of the contract. */
export type Code = keyof typeof rules.problems;

/** How much a problem weighs. */
export type Severity = "warning" | "error";

/** One thing to mend. It never names a pupil. */
export interface Problem {
  /** The spreadsheet's own row number; null for the file as a whole. */
  readonly row: number | null;
  /** The column's header as the school wrote it. */
  readonly column: string | null;
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
}

/** A problem of the whole file, in its code's own words. */
export function ofFile(code: Code): Problem {
  const { severity, message, fix } = rules.problems[code];
  return { row: null, column: null, code, severity: severity as Severity, message, fix };
}

/** A problem of one row, in its code's own words. */
export function ofRow(code: Code, row: number, column: string | null): Problem {
  return { ...ofFile(code), row, column };
}
