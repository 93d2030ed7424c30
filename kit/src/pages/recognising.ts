// What a file is, by what it holds rather than by what it is called: so that a file which was dropped in the
// wrong place finds the right one.

import { kindOf } from "../reading/kind";
import { rules } from "../rules";

/** What somebody gave to the page. */
export interface Given {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly what: What;
}

/**
 * - sealed: an encrypted file, to be opened with a key
 * - key: a private key; a locked one is a sealed file under a passphrase
 * - receipt, signature, signers: the three things by which a receipt is checked
 * - receipt-text: the receipt as people read it, which proves nothing
 * - recipient: a public `age1…` line, such as in a box's README.txt
 * - destinations: a destination file that is open already
 * - list: what may be put into an inbox; the readers say what is wrong with it
 * - other: nothing that the page knows, by its name
 */
export type What =
  | "sealed"
  | "key"
  | "receipt"
  | "signature"
  | "signers"
  | "receipt-text"
  | "recipient"
  | "destinations"
  | "list"
  | "other";

/** Says what a file is. Looks at its first bytes only. */
export function recognise(name: string, bytes: Uint8Array): What {
  const head = new TextDecoder("utf-8").decode(bytes.subarray(0, LOOKED_AT)).replace(/^\ufeff/, "");
  const found = SIGNS.find(([, sign]) => sign(head, name));
  if (found !== undefined) return found[0];
  return kindOf(name).kind === "unknown" ? "other" : "list";
}

/** A file as its owner would speak of it. */
export function spokenOf(what: What): string {
  return NAMES[what];
}

const LOOKED_AT = 16_384;

// `age -p -a`: the same first words as below, in base64.
const LOCKED_IN_LETTERS =
  /^\s*-----BEGIN AGE ENCRYPTED FILE-----\s+YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0\+IHNjcnlw/;

type Sign = (head: string, name: string) => boolean;

// The first that fits.
const SIGNS: readonly (readonly [What, Sign])[] = [
  // `age -p` locks a key under a passphrase; the council never sends such a file.
  ["key", (head) => /^age-encryption\.org\/v1\n-> scrypt /.test(head)],
  ["sealed", (head) => /^age-encryption\.org\/v1\n/.test(head)],
  ["key", (head) => LOCKED_IN_LETTERS.test(head)],
  ["sealed", (head) => /^\s*-----BEGIN AGE ENCRYPTED FILE-----/.test(head)],
  ["key", (head) => /^AGE-SECRET-KEY-/i.test(firstLine(head))],
  ["key", (head) => /-----BEGIN [A-Z ]*PRIVATE KEY-----|^PuTTY-User-Key-File-/.test(head)],
  // The public half: what is wrong with it is said where keys are asked for.
  ["key", (head) => /^(ssh-|ecdsa-sha2-|sk-)\S+ AAAA|^---- BEGIN SSH2 PUBLIC KEY/.test(head)],
  ["signature", (head) => /^\s*-----BEGIN SSH SIGNATURE-----/.test(head)],
  ["receipt", (head) => /^\s*\{/.test(head) && head.includes('"pillarbox/receipt/')],
  ["receipt", (head, name) => /^\s*\{/.test(head) && /\.json$/i.test(name)],
  ["signers", (head) => head.includes(rules.receipts.namespace) && /ssh-ed25519 AAAA/.test(head)],
  ["signers", (head) => /^\S+@\S+ +(\S+ +)?ssh-\S+ +AAAA/.test(firstLine(head))],
  ["receipt-text", (_, name) => /\.receipt\.txt$/i.test(name)],
  ["recipient", (head) => /(?:^|\s)age1[02-9ac-hj-np-z]{58}(?:\s|$)/.test(head)],
  ["destinations", (head) => head.startsWith(rules.destinations.header.join(","))],
  // A sealed file by its name alone: what is wrong with it is said where such files are opened.
  ["sealed", (_, name) => /\.age$/i.test(name)],
  ["key", (_, name) => /\.ppk$/i.test(name)],
  ["signature", (_, name) => /\.sig$/i.test(name)],
];

/** The first line that is neither blank nor a comment. */
function firstLine(head: string): string {
  const lines = head.split(/[\r\n]+/).map((line) => line.trim());
  return lines.find((line) => line !== "" && !line.startsWith("#"))?.slice(0, 1000) ?? "";
}

const NAMES: { readonly [what in What]: string } = {
  sealed: "an encrypted file",
  key: "a private key",
  receipt: "a receipt",
  signature: "a receipt’s signature",
  signers: "the council’s list of signing keys",
  "receipt-text": "a receipt’s text",
  recipient: "a public key",
  destinations: "a destination file that is open already",
  list: "a list",
  other: "none of the files that this page works with",
};
