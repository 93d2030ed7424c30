// Whether a receipt is the council's, as `ssh-keygen -Y verify` would say on this computer at this moment, and
// what that means. A date that a key does not fit says nothing of the receipt's own date.

import { refusedAs, type Refused } from "../sealing/refused";
import { fingerprint } from "../sealing/wire";
import { parseReceipt } from "./parsing";
import { readSignature, signs, type Signature } from "./signature";
import { matches, readSigners, type Signer } from "./signers";

/** What was found of a receipt and its signature. */
export type Verdict =
  Holds | (Refused<VerdictFault> & { readonly fingerprint: string | undefined });

/** The receipt is, to the last byte, what the signer signed. */
export interface Holds {
  readonly is: "holds";
  /** Who signed, as `allowed_signers` names them: `receipts@council.example`. */
  readonly signer: string;
  /** The key with which it was signed: `SHA256:…`. */
  readonly fingerprint: string;
  readonly message: string;
  /** What more there is to know; empty where there is nothing. */
  readonly note: string;
}

/** Why it does not hold. */
export type VerdictFault = keyof typeof SAYINGS;

/** When and as whom a receipt is checked. */
export interface Checking {
  readonly now: Date;
  /** The council's domain, where it is known: only `receipts@` there counts. */
  readonly domain?: string | undefined;
}

/** Checks a receipt against its signature and the council's `allowed_signers`. */
export function verify(
  json: Uint8Array,
  sig: Uint8Array,
  allowedSigners: string,
  { now, domain }: Checking,
): Verdict {
  const signature = readSignature(sig);
  if (typeof signature === "string") return no(signature);
  const by = fingerprint(signature.key);
  if (!signs(signature, json)) return no("not-of-this-receipt", by);
  if (signature.namespace !== NAMESPACE) return no("other-purpose", by);
  const principal = domain === undefined ? undefined : `${SIGNER}${domain}`;
  const found = signerOf(signature, allowedSigners, principal, now);
  if (typeof found === "string") return no(found, by);
  return dated(json, found, principal ?? nameIn(found) ?? "", by);
}

/** The first line that lets this key sign; or what the nearest one lacks. */
function signerOf(
  signature: Signature,
  text: string,
  principal: string | undefined,
  now: Date,
): Signer | VerdictFault {
  if (text.trim() === "") return "no-signers";
  const { signers, broken } = readSigners(text, principal);
  const faults: VerdictFault[] = [];
  for (const signer of signers) {
    if (signer.key.some((byte, at) => byte !== signature.key[at])) continue;
    const fault = faultOf(signer, principal, now);
    if (fault === undefined) return signer;
    faults.push(fault);
  }
  if (faults[0] !== undefined) return faults[0];
  if (broken) return "signers-unreadable";
  return isElsewhere(signature, text) ? "other-signer" : "unknown-key";
}

function faultOf(
  signer: Signer,
  principal: string | undefined,
  now: Date,
): VerdictFault | undefined {
  if (principal === undefined && nameIn(signer) === undefined) return "other-signer";
  if (signer.namespaces !== undefined && !matches(NAMESPACE, signer.namespaces))
    return "not-allowed";
  if (signer.stolen) return "stolen";
  if (signer.validAfter && now < signer.validAfter) return "not-yet-valid";
  if (signer.validBefore && now > signer.validBefore) return "expired";
  return undefined;
}

/** A receipt that is dated after its key was retired is none of the council's own, whatever the clock says. */
function dated(json: Uint8Array, signer: Signer, name: string, by: string): Verdict {
  const { retired, validBefore } = signer;
  const parsed = parseReceipt(json);
  const at = parsed.is === "receipt" ? parsed.receipt.at : undefined;
  if (retired && at && at.getTime() > retired.getTime() + MOMENT) return no("after-its-time", by);
  const until = validBefore ? ` It can be checked until ${localDay(validBefore)}.` : "";
  return {
    is: "holds",
    signer: name,
    fingerprint: by,
    message: `Signed by ${name}. Not one byte was changed since.`,
    note: retired
      ? `The council changed its key on ${day(retired)}. What was signed before is still good.${until}`
      : until.trim(),
  };
}

function nameIn(signer: Signer): string | undefined {
  return signer.principals
    .split(",")
    .find((name) => name.startsWith(SIGNER) && !/[*?!]/.test(name));
}

function isElsewhere(signature: Signature, text: string): boolean {
  const { signers } = readSigners(text, undefined);
  return signers.some((signer) => signer.key.every((byte, at) => byte === signature.key[at]));
}

function no(fault: VerdictFault, by?: string): Verdict {
  return { ...refusedAs(SAYINGS, fault), fingerprint: by };
}

function day(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", { ...DAY, timeZone: "Europe/London" }).format(at);
}

/** By the clock of this computer, by which such a day is checked. */
function localDay(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", DAY).format(at);
}

const DAY = { day: "numeric", month: "long", year: "numeric" } as const;
const NAMESPACE = "pillarbox-receipt";
const SIGNER = "receipts@";
/** What the council's clock may have stood still for when the key changed. */
const MOMENT = 10 * 60 * 1000;
const FRESH = "Take a fresh copy of allowed_signers from your box and check again.";
const ASK = `${FRESH} If it is the same then, do not rely on the receipt, and tell the council.`;
const BOTH =
  "Collect the receipt and its .sig again from receipts/. They have the same name but for .sig.";
const SAYINGS = {
  "not-a-signature": ["The second file is not a signature.", BOTH],
  "signature-damaged": ["The signature was cut short or changed, so it proves nothing.", BOTH],
  "other-kind-of-key": [
    "The signature is of a kind that the council does not use, so it proves nothing.",
    BOTH,
  ],
  "not-of-this-receipt": [
    "The signature does not fit the receipt: one of them was changed, or they are not of the same receipt.",
    BOTH,
  ],
  "other-purpose": [
    "The signature was made for something else than a receipt, so it proves nothing here.",
    BOTH,
  ],
  "no-signers": [
    "There is nothing in allowed_signers, so that nobody can say whose signature this is.",
    FRESH,
  ],
  "signers-unreadable": [
    "The file allowed_signers was cut short or changed, so that nobody can say whose signature this is.",
    FRESH,
  ],
  "unknown-key": ["The receipt was signed with a key that is not in allowed_signers.", ASK],
  "other-signer": [
    "The receipt was signed with a key that belongs to somebody else than the council's receipts.",
    ASK,
  ],
  "not-allowed": ["The key that signed the receipt may not sign receipts.", ASK],
  "not-yet-valid": [
    "The key that signed the receipt is not in use yet by the clock of this computer.",
    "Check the date and time of this computer. If they are right, tell the council.",
  ],
  expired: [
    "The council no longer uses the key that signed this receipt, and the time in which it could be checked is over.",
    "The receipt was not changed since it was signed. Ask the council whether it still counts.",
  ],
  stolen: [
    "The council says that others may have the key that signed this receipt, so it proves nothing.",
    "Ask the council for a new receipt.",
  ],
  "after-its-time": [
    "The receipt has a date on which the council no longer used the key that signed it.",
    "Do not rely on it, and tell the council.",
  ],
} as const;
