// The council's intake key, and sealing to it. Only age's own kind: the council opens no other.

import { x25519 } from "@noble/curves/ed25519.js";
import { Encrypter } from "age-encryption";
import { refusedAs, type Refused } from "./refused";
import { publicOf, x25519Recipient } from "./x25519";

/** A recipient that was checked: `age1…`. */
export type AgeRecipient = string & { readonly __recipient: true };

/** What was found in a text. */
export type ReadRecipient =
  { readonly is: "recipient"; readonly recipient: AgeRecipient } | Refused<RecipientFault>;

/** Why a text names no recipient. */
export type RecipientFault = keyof typeof SAYINGS;

/** Finds the one `age1…` line in a text that a person pasted, or in a file such as the box's README.txt. */
export function readRecipient(text: string): ReadRecipient {
  if (text.trim() === "") return refusedAs(SAYINGS, "empty");
  if (/AGE-SECRET-KEY-/i.test(text)) return refusedAs(SAYINGS, "private-key");
  const found = new Set(text.slice(0, MOST_TEXT).match(SHAPE));
  const [first, second] = [...found];
  if (first === undefined) {
    return refusedAs(SAYINGS, text.includes("age1") ? "mistyped" : "no-recipient");
  }
  if (second !== undefined) return refusedAs(SAYINGS, "several");
  if (isOtherKind(first)) return refusedAs(SAYINGS, "other-kind");
  const bytes = publicOf(first);
  if (bytes === undefined || !isSound(bytes)) return refusedAs(SAYINGS, "mistyped");
  return { is: "recipient", recipient: first as AgeRecipient };
}

/** Seals these bytes to the recipient: a binary age file. */
export async function sealTo(recipient: AgeRecipient, plain: Uint8Array): Promise<Uint8Array> {
  const bytes = publicOf(recipient);
  if (bytes === undefined) throw new Error("a recipient that was not read");
  const encrypter = new Encrypter();
  encrypter.addRecipient(x25519Recipient(bytes));
  return encrypter.encrypt(plain);
}

function isOtherKind(found: string): boolean {
  return found.slice("age1".length).includes("1");
}

/** Whether anything can be sealed to it: a handful of points would give every secret away. */
function isSound(bytes: Uint8Array): boolean {
  try {
    x25519.getSharedSecret(x25519.utils.randomSecretKey(), bytes);
    return true;
  } catch {
    return false;
  }
}

const MOST_TEXT = 1 << 20;
/** `age1` and what may follow it. With another `1` in it, it is of a kind with a longer name. */
const SHAPE = /\bage1[0-9a-z]{20,}\b/g;
const ASK = "Copy it again from README.txt in your box, or ask the council for it.";
const SAYINGS = {
  empty: ["There is nothing to read.", "Paste the council's intake key. It begins with age1."],
  "no-recipient": ["No intake key was found: it begins with age1.", ASK],
  mistyped: ["The intake key is not complete, or a character in it is wrong.", ASK],
  several: [
    "There are several keys that begin with age1, so it is not clear which one is the council's.",
    "Paste only the council's intake key.",
  ],
  "other-kind": ["This is a kind of key that the council does not use.", ASK],
  "private-key": [
    "This is a secret key. It must stay with its owner, so nothing was encrypted to it.",
    "Paste the council's intake key, which begins with age1.",
  ],
} as const;
