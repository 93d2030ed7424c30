// The scrypt stanza of age, both ways: a file under a passphrase. Slow on purpose, so it yields to the page
// between slices and tells how far it is; typage's own would freeze the tab for seconds.

import { scryptAsync } from "@noble/hashes/scrypt.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { base64nopad } from "@scure/base";
import { Stanza, type Identity, type Recipient } from "age-encryption";
import { refusedAs, type Refused } from "./refused";
import { unwrapped, wrapped } from "./x25519";

/** Told now and then while a passphrase is worked on: the share that is done, from 0 to 1. */
export type Progress = (share: number) => void;

/** A passphrase that is good enough to lock a key. */
export type NewPassphrase =
  { readonly is: "passphrase"; readonly passphrase: string } | Refused<"too-short" | "too-plain">;

/** Reads a passphrase that a person chose for a new key. It is used as it stands, spaces and all. */
export function readNewPassphrase(text: string): NewPassphrase {
  const characters = [...text];
  if (characters.length < LEAST_CHARACTERS) return refusedAs(SAYINGS, "too-short");
  if (new Set(characters).size < LEAST_DIFFERENT) return refusedAs(SAYINGS, "too-plain");
  return { is: "passphrase", passphrase: text };
}

/** Thrown where a file asks for more work than a page can do. */
export class TooMuchWork extends Error {}

/** Seals under a passphrase, with as much work as `age -p` asks for. */
export function passphraseRecipient(passphrase: string, progress: Progress): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(SALT_BYTES);
      const key = await keyOf(passphrase, salt, WORK, progress);
      const args = [KIND, base64nopad.encode(salt), String(WORK)];
      return [new Stanza(args, wrapped(fileKey, key))];
    },
  };
}

/** Opens what was sealed under this passphrase. */
export function passphraseIdentity(passphrase: string, progress: Progress): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [stanza] = stanzas;
      if (stanza === undefined || !isUnderPassphrase(stanzas)) return null;
      const [, salt = "", work = ""] = stanza.args;
      const bytes = base64nopad.decode(salt);
      if (stanza.args.length !== 3 || bytes.length !== SALT_BYTES || !/^[1-9][0-9]*$/.test(work)) {
        throw new Error("malformed stanza");
      }
      if (Number(work) > MOST_WORK) throw new TooMuchWork();
      return unwrapped(stanza.body, await keyOf(passphrase, bytes, Number(work), progress));
    },
  };
}

/** Whether a header is one of a file under a passphrase. Nothing else may stand beside it. */
export function isUnderPassphrase(stanzas: readonly Stanza[]): boolean {
  const found = stanzas.some((stanza) => stanza.args[0] === KIND);
  if (found && stanzas.length !== 1) throw new Error("a passphrase beside other recipients");
  return found;
}

async function keyOf(passphrase: string, salt: Uint8Array, work: number, progress: Progress) {
  const label = new TextEncoder().encode(LABEL);
  const labelled = new Uint8Array(label.length + salt.length);
  labelled.set(label);
  labelled.set(salt, label.length);
  try {
    return await scryptAsync(new TextEncoder().encode(passphrase), labelled, {
      N: 2 ** work,
      r: 8,
      p: 1,
      dkLen: 32,
      asyncTick: SLICE,
      maxmem: 2 ** (MOST_WORK + 10) + 2 ** 20,
      onProgress: progress,
    });
  } catch (error) {
    // A browser that has no gigabyte to give.
    if (error instanceof RangeError) throw new TooMuchWork();
    throw error;
  }
}

const KIND = "scrypt";
const LABEL = "age-encryption.org/v1/scrypt";
const SALT_BYTES = 16;
/** What `age -p` asks for: 2^18. */
const WORK = 18;
/** The most that a file may ask for, as the daemon's `open` has it: 2^20, and a gigabyte. */
const MOST_WORK = 20;
/** Milliseconds of work at a time. */
const SLICE = 30;
const LEAST_CHARACTERS = 12;
const LEAST_DIFFERENT = 5;
const SAYINGS = {
  "too-short": [
    "The passphrase is too short: it needs at least 12 characters.",
    "Three random words are good, and easy to remember.",
  ],
  "too-plain": [
    "The passphrase repeats the same few characters, so it is easy to guess.",
    "Three random words are good, and easy to remember.",
  ],
} as const;
