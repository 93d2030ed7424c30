// What is said of a file, in the words of receipts and of `pillarbox validate --json`.

import type { Kind } from "../domain/list";
import type { Problem } from "../domain/problem";

/** A file that has pupils in it. */
export type ListKind = Extract<Kind, "consent-list" | "addition" | "withdrawal">;

/** How it ends. */
export type Outcome = "accepted" | "accepted-with-errors" | "rejected";

/** How many rows of what. `rows` is the sum of the four behind it. */
export interface RowCounts {
  readonly rows: number;
  readonly consented: number;
  readonly not_consented: number;
  readonly withdrawn: number;
  readonly rejected: number;
  readonly new: number;
  readonly renewed: number;
  readonly lapsed: number;
}

/** Whose list it is, where that is known: then a list that names another school is refused. */
export interface School {
  /** Seven digits. */
  readonly laestab: string;
  readonly urn?: number | null | undefined;
}

/** What is said of one file. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly counts: RowCounts;
  /** What the school must know first. */
  readonly notes: readonly string[];
  /** What to mend: of the file first, then by row. */
  readonly problems: readonly Problem[];
  /** The list as a whole is in doubt, so that mending rows of it is no help. */
  readonly doubtful: boolean;
}

/** No row of anything. */
export const NO_ROWS: RowCounts = {
  rows: 0,
  consented: 0,
  not_consented: 0,
  withdrawn: 0,
  rejected: 0,
  new: 0,
  renewed: 0,
  lapsed: 0,
};
