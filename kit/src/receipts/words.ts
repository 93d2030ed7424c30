// The closed lists of words in receipts, as the contract has them.

/** What a receipt can be about. */
export const KINDS = [
  "consent-list",
  "addition",
  "withdrawal",
  "request",
  "discrepancy",
  "destruction",
  "unknown",
  "release",
  "notice",
  "reminder",
  "removed",
] as const;
/** How it can end. */
export const OUTCOMES = [
  "accepted",
  "accepted-with-errors",
  "rejected",
  "queued",
  "held",
  "released",
  "recalled",
  "open",
  "closed",
] as const;
/** Why a release can be made. */
export const TRIGGERS = ["schedule", "request", "operator", "recall"] as const;
/** How long a consent can last, by the signed form. */
export const EXPIRY_RULES = ["earliest", "two-years-after-leaving"] as const;
/** What a problem can weigh. */
export const SEVERITIES = ["warning", "error"] as const;
