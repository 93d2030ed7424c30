// A receipt as the daemon writes it (schema `pillarbox/receipt/v1`). The names are those of the JSON.

import type { KINDS, OUTCOMES } from "./words";

export { parseReceipt, type ParsedReceipt } from "./parsing";

/** What a receipt is about. */
export type ReceiptKind = (typeof KINDS)[number];

/** How it ended. */
export type ReceiptOutcome = (typeof OUTCOMES)[number];

/** One receipt. What it does not have is undefined; what it says nothing of is null. */
export interface Receipt {
  readonly id: string;
  readonly kind: ReceiptKind;
  readonly school: string;
  readonly outcome: ReceiptOutcome;
  readonly at: Date;
  /** The fingerprint of the uploading person's key. */
  readonly by: string | null;
  readonly file: ReceivedFile | undefined;
  readonly counts: RowCounts | ReleaseCounts | undefined;
  readonly release: ReleaseFacts | undefined;
  readonly request: RequestFacts | undefined;
  readonly notice: NoticeFacts | undefined;
  readonly expiring: Expiring | undefined;
  /** What people must know first, in sentences. */
  readonly notes: readonly string[];
  readonly problems: readonly ReceiptProblem[];
  /** Problems that are not listed. */
  readonly problems_left_out: number;
  /** Nothing in it happened in earnest. */
  readonly rehearsal: boolean;
  /** The head of the council's trail when it was written. */
  readonly audit: { readonly seq: number; readonly hash: string };
}

export interface ReceivedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Of a list: `rows` is the sum of the next four. */
export interface RowCounts {
  readonly of: "rows";
  readonly rows: number;
  readonly consented: number;
  readonly not_consented: number;
  readonly withdrawn: number;
  readonly rejected: number;
  readonly new: number;
  readonly renewed: number;
  readonly lapsed: number;
}

/** Of a release: `consented` is the sum of the others. */
export interface ReleaseCounts {
  readonly of: "release";
  readonly consented: number;
  readonly shared: number;
  readonly no_record: number;
  readonly ambiguous: number;
  readonly expired: number;
  readonly not_eligible: number;
  readonly held: number;
}

export interface ReleaseFacts {
  readonly id: string;
  readonly trigger: "schedule" | "request" | "operator" | "recall";
  readonly supersedes: string | null;
  readonly file: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** The other formats of the same release. */
  readonly also: readonly ReceivedFile[];
  /** The keys that open it. */
  readonly recipients: readonly string[];
  readonly extract: {
    readonly name: string;
    readonly sha256: string;
    readonly exported_on: string;
  } | null;
  readonly expiry_rule: "earliest" | "two-years-after-leaving";
  /** The day from which the file is no longer in the outbox. */
  readonly until: string | null;
}

export interface RequestFacts {
  readonly id: string;
  readonly position: number | null;
  readonly not_before: string | null;
}

export interface NoticeFacts {
  readonly id: string;
  readonly submission: string;
  readonly pupils: number;
  readonly releases: readonly string[];
  readonly file: ReceivedFile | null;
  readonly recipients: readonly string[];
}

export interface Expiring {
  readonly in_30_days: number;
  readonly in_90_days: number;
}

/** One thing to mend, as it was told. Its code may be one that this page does not know. */
export interface ReceiptProblem {
  readonly row: number | null;
  readonly column: string | null;
  readonly code: string;
  readonly severity: "warning" | "error";
  readonly message: string;
  readonly fix: string;
}
