// Reads a receipt field by field. Knows nothing of signatures: what is read here may be forged until it is
// verified.

import { refusedAs, type Refused } from "../sealing/refused";
import type {
  Expiring,
  NoticeFacts,
  ReceiptProblem,
  ReceivedFile,
  Receipt,
  ReleaseCounts,
  ReleaseFacts,
  RequestFacts,
  RowCounts,
} from "./receipt";
import {
  countIn,
  factsIn,
  falseUnless,
  listIn,
  NotTheShape,
  orNull,
  textIn,
  wordIn,
} from "./shape";
import { EXPIRY_RULES, KINDS, OUTCOMES, SEVERITIES, TRIGGERS } from "./words";

/** What was found in a file. */
export type ParsedReceipt =
  { readonly is: "receipt"; readonly receipt: Receipt } | Refused<keyof typeof SAYINGS>;

/** Reads a `.receipt.json` file. */
export function parseReceipt(file: Uint8Array): ParsedReceipt {
  if (file.length === 0) return refusedAs(SAYINGS, "empty");
  if (file.length > MOST_BYTES) return refusedAs(SAYINGS, "not-a-receipt");
  const json = jsonIn(file);
  if (json === undefined) return refusedAs(SAYINGS, otherFile(file));
  try {
    const facts = factsIn(json);
    const schema = textIn(facts["schema"]);
    if (schema !== SCHEMA) {
      return refusedAs(
        SAYINGS,
        schema.startsWith("pillarbox/receipt/") ? "newer" : "not-a-receipt",
      );
    }
    return { is: "receipt", receipt: receiptIn(facts) };
  } catch (error) {
    if (error instanceof NotTheShape) return refusedAs(SAYINGS, error.fault);
    throw error;
  }
}

function receiptIn(facts: Readonly<Record<string, unknown>>): Receipt {
  const audit = factsIn(facts["audit"]);
  const maybe = <T>(name: string, read: (value: unknown) => T): T | undefined =>
    facts[name] === undefined ? undefined : read(facts[name]);
  return {
    id: textIn(facts["id"]),
    kind: wordIn(KINDS, facts["kind"]),
    school: textIn(facts["school"]),
    outcome: wordIn(OUTCOMES, facts["outcome"]),
    at: instantIn(facts["at"]),
    by: orNull(textIn)(facts["by"]),
    file: maybe("file", fileIn),
    counts: maybe("counts", countsIn),
    release: maybe("release", releaseIn),
    request: maybe("request", requestIn),
    notice: maybe("notice", noticeIn),
    expiring: maybe("expiring", expiringIn),
    notes: maybe("notes", listIn(textIn)) ?? [],
    problems: listIn(problemIn)(facts["problems"]),
    problems_left_out: maybe("problems_left_out", countIn) ?? 0,
    rehearsal: falseUnless(facts["rehearsal"]),
    audit: { seq: countIn(audit["seq"]), hash: textIn(audit["hash"]) },
  };
}

function fileIn(value: unknown): ReceivedFile {
  const facts = factsIn(value);
  return {
    name: textIn(facts["name"]),
    bytes: countIn(facts["bytes"]),
    sha256: textIn(facts["sha256"]),
  };
}

function countsIn(value: unknown): RowCounts | ReleaseCounts {
  const facts = factsIn(value);
  const count = (name: string) => countIn(facts[name]);
  if (facts["rows"] === undefined) {
    return {
      of: "release",
      consented: count("consented"),
      shared: count("shared"),
      no_record: count("no_record"),
      ambiguous: count("ambiguous"),
      expired: count("expired"),
      not_eligible: count("not_eligible"),
      held: count("held"),
    };
  }
  return {
    of: "rows",
    rows: count("rows"),
    consented: count("consented"),
    not_consented: count("not_consented"),
    withdrawn: count("withdrawn"),
    rejected: count("rejected"),
    new: count("new"),
    renewed: count("renewed"),
    lapsed: count("lapsed"),
  };
}

function releaseIn(value: unknown): ReleaseFacts {
  const facts = factsIn(value);
  return {
    id: textIn(facts["id"]),
    trigger: wordIn(TRIGGERS, facts["trigger"]),
    supersedes: orNull(textIn)(facts["supersedes"]),
    file: orNull(textIn)(facts["file"]),
    bytes: orNull(countIn)(facts["bytes"]),
    sha256: orNull(textIn)(facts["sha256"]),
    also: listIn(fileIn)(facts["also"] ?? []),
    recipients: listIn(textIn)(facts["recipients"]),
    extract: orNull(extractIn)(facts["extract"]),
    expiry_rule: wordIn(EXPIRY_RULES, facts["expiry_rule"]),
    until: orNull(textIn)(facts["until"]),
  };
}

function extractIn(value: unknown): { name: string; sha256: string; exported_on: string } {
  const facts = factsIn(value);
  return {
    name: textIn(facts["name"]),
    sha256: textIn(facts["sha256"]),
    exported_on: textIn(facts["exported_on"]),
  };
}

function requestIn(value: unknown): RequestFacts {
  const facts = factsIn(value);
  return {
    id: textIn(facts["id"]),
    position: orNull(countIn)(facts["position"]),
    not_before: orNull(textIn)(facts["not_before"]),
  };
}

function noticeIn(value: unknown): NoticeFacts {
  const facts = factsIn(value);
  return {
    id: textIn(facts["id"]),
    submission: textIn(facts["submission"]),
    pupils: countIn(facts["pupils"]),
    releases: listIn(textIn)(facts["releases"]),
    file: orNull(fileIn)(facts["file"]),
    recipients: listIn(textIn)(facts["recipients"]),
  };
}

function expiringIn(value: unknown): Expiring {
  const facts = factsIn(value);
  return { in_30_days: countIn(facts["in_30_days"]), in_90_days: countIn(facts["in_90_days"]) };
}

function problemIn(value: unknown): ReceiptProblem {
  const facts = factsIn(value);
  return {
    row: orNull(countIn)(facts["row"]),
    column: orNull(textIn)(facts["column"]),
    code: textIn(facts["code"]),
    severity: wordIn(SEVERITIES, facts["severity"]),
    message: textIn(facts["message"]),
    fix: textIn(facts["fix"]),
  };
}

/** UTC and whole seconds. */
function instantIn(value: unknown): Date {
  const text = textIn(value);
  const at = new Date(text);
  const told = Number.isNaN(at.getTime()) ? "" : at.toISOString().replace(".000Z", "Z");
  if (told !== text) throw new NotTheShape("not-a-receipt");
  return at;
}

function jsonIn(file: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file));
  } catch {
    return undefined;
  }
}

function otherFile(file: Uint8Array): keyof typeof SAYINGS {
  const head = new TextDecoder("latin1").decode(file.subarray(0, 4096));
  if (head.startsWith("-----BEGIN SSH SIGNATURE")) return "signature";
  if (/^Signed: {9}the \.json|^[SRD]\d{6}: /m.test(head)) return "text";
  return /^\s*\{\s*"schema": "pillarbox\/receipt\//.test(head) ? "damaged" : "not-a-receipt";
}

const SCHEMA = "pillarbox/receipt/v1";
/** A thousand problems take a few hundred thousand bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
const CHOOSE = "Choose the file from receipts/ whose name ends in .receipt.json.";
const SAYINGS = {
  empty: ["The file is empty.", CHOOSE],
  "not-a-receipt": ["This is not a receipt of Pillarbox.", CHOOSE],
  damaged: [
    "This receipt was cut short or changed, so it can't be read.",
    "Collect it again from receipts/.",
  ],
  text: [
    "This is the text of the receipt, which is not signed. The signed part is the file beside it.",
    CHOOSE,
  ],
  signature: ["This is the signature of a receipt, not the receipt.", CHOOSE],
  newer: [
    "This receipt was written by a newer Pillarbox than this page knows.",
    "Take a fresh copy of school-kit.html from your box.",
  ],
} as const;
