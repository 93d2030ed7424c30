// A list of pupils as it was read, before anyone judged it: the seam between reading and judging.
// The mirror of the daemon's `domain::list`.

import type { Day } from "./days";
import type { Code, Problem } from "./problem";

/** What a file in an inbox is, by its name. */
export type Kind =
  | "consent-list"
  | "addition"
  | "withdrawal"
  | "request"
  | "discrepancy"
  | "destruction"
  | "unknown";

/** One cell, read: nothing there, a value, or something that can't be used. */
export type Cell<T> =
  | { readonly is: "blank" }
  | { readonly is: "read"; readonly value: T }
  | { readonly is: "bad"; readonly code: Code };

export const BLANK = { is: "blank" } as const;

export function read<T>(value: T): Cell<T> {
  return { is: "read", value };
}

export function bad(code: Code): { readonly is: "bad"; readonly code: Code } {
  return { is: "bad", code };
}

/** What a consent column says of one pupil. */
export type Answer = "no-column" | "yes" | "no" | "unclear";

/** What a withdrawn column says of one pupil. */
export type Withdrawal =
  { readonly is: "no" } | { readonly is: "yes" } | { readonly is: "on"; readonly day: Day };

/** The school that a row names. A name proves nothing and is not compared. */
export type SchoolNamed =
  | { readonly is: "laestab"; readonly number: string }
  | { readonly is: "urn"; readonly number: number }
  | { readonly is: "name" };

/** One row of a list. */
export interface ListRow {
  /** The number that the school's spreadsheet shows. */
  readonly number: number;
  readonly forename: Cell<string>;
  readonly surname: Cell<string>;
  readonly born: Cell<Day>;
  /** Thirteen letters and digits in capitals, its check letter proved. */
  readonly upn: Cell<string>;
  /** Ten digits, the check digit proved. */
  readonly uln: Cell<string>;
  readonly answer: Answer;
  readonly consentedOn: Cell<Day>;
  readonly withdrawn: Withdrawal;
  readonly yearGroup: number | undefined;
  readonly ehcp: boolean;
  readonly school: Cell<SchoolNamed>;
}

/** The columns that a list has, each with its header as a message may show it. */
export interface Columns {
  readonly forename: string | null;
  readonly surname: string | null;
  readonly born: string | null;
  readonly upn: string | null;
  readonly uln: string | null;
  readonly consent: string | null;
  readonly consentDate: string | null;
  readonly withdrawn: string | null;
  readonly yearGroup: string | null;
  readonly ehcp: string | null;
  readonly school: string | null;
}

/** A fault that makes the list as a whole untrustworthy. */
export interface Refusal {
  readonly problem: Problem;
  /** The doubtful column is one that identifies a pupil: nothing in the list is used at all. */
  readonly identifiesNobody: boolean;
}

/** A whole list as it was read. */
export interface PupilList {
  readonly columns: Columns;
  readonly rows: readonly ListRow[];
  readonly warnings: readonly Problem[];
  readonly refusal: Refusal | undefined;
}
