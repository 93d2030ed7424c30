// A key file as people have it: read by what is in it, whatever its name. Every wrong thing that can be
// dropped where a key is asked for has a sentence of its own.

import type { Identity } from "age-encryption";
import { ageFile, looksLikeAge } from "./age_file";
import { decrypt } from "./decrypting";
import { opensshKey } from "./openssh_key";
import { passphraseIdentity, type Progress } from "./passphrase";
import { puttyKey } from "./putty_key";
import { refusedAs, type Refused } from "./refused";
import type { SshKey, SshKeyFile } from "./ssh_key";
import { fingerprint } from "./wire";
import { recipientOf, secretOf, x25519Identity } from "./x25519";

/** Kinds of key, as age names those for which it seals. */
export type KeyKind = "age" | "ssh-ed25519" | "ssh-rsa";

/** Keys that open files. */
export interface Identities {
  readonly is: "identities";
  readonly kind: KeyKind;
  /** The public half, as people and receipts name it: `age1…` or `SHA256:…`; several in the file's order. */
  readonly named: readonly string[];
  /** Only for `openFile`. */
  readonly tried: readonly (string | Identity)[];
}

/** What was found in a key file. */
export type ReadIdentity = Identities | Refused<IdentityFault>;

/** Why a file is no key that opens files. */
export type IdentityFault = keyof typeof SAYINGS;

/** Asks a person for the key's passphrase: nothing where the person gave up. Called at most once. */
export type AskPassphrase = () => Promise<string | undefined>;

/** Reads a key file. */
export async function readIdentity(
  file: Uint8Array,
  askPassphrase: AskPassphrase,
  progress: Progress = () => {},
): Promise<ReadIdentity> {
  if (file.length > MOST_BYTES) return refusedAs(SAYINGS, "not-a-key");
  if (looksLikeAge(file)) return unlocked(file, askPassphrase, progress);
  const text = textOf(file);
  if (PUTTY.test(text)) return ofSsh(await puttyKey(bytewise(file)), askPassphrase, progress);
  if (SSH.test(text)) return ofSsh(await opensshKey(text), askPassphrase, progress);
  return ofText(text);
}

async function ofSsh(
  file: SshKeyFile,
  askPassphrase: AskPassphrase,
  progress: Progress,
): Promise<ReadIdentity> {
  if (file.is === "fault") return refusedAs(SAYINGS, file.fault);
  if (file.is === "key") return sshIdentities(file.key);
  const passphrase = await askPassphrase();
  if (passphrase === undefined) return refusedAs(SAYINGS, "passphrase-needed");
  try {
    const unlocked = await file.unlock(passphrase, progress);
    return typeof unlocked === "string" ? refusedAs(SAYINGS, unlocked) : sshIdentities(unlocked);
  } catch {
    // What lies behind the lock ends too early.
    return refusedAs(SAYINGS, "ssh-damaged");
  }
}

function sshIdentities({ kind, blob, identity }: SshKey): Identities {
  return { is: "identities", kind, named: [fingerprint(blob)], tried: [identity] };
}

async function unlocked(
  file: Uint8Array,
  askPassphrase: AskPassphrase,
  progress: Progress,
): Promise<ReadIdentity> {
  const sealed = ageFile(file);
  if (typeof sealed === "string") return refusedAs(SAYINGS, "locked-damaged");
  const before = await decrypt(sealed, []);
  if (before.is !== "no-match") return refusedAs(SAYINGS, "locked-damaged");
  if (before.stanzas[0]?.args[0] !== "scrypt") return refusedAs(SAYINGS, "sealed-file");
  const passphrase = await askPassphrase();
  if (passphrase === undefined) return refusedAs(SAYINGS, "passphrase-needed");
  const result = await decrypt(sealed, [passphraseIdentity(passphrase, progress)]);
  switch (result.is) {
    case "plain":
      return ofText(textOf(result.bytes));
    case "no-match":
      return refusedAs(SAYINGS, "passphrase-wrong");
    case "too-much-work":
      return refusedAs(SAYINGS, "too-much-work");
    default:
      return refusedAs(SAYINGS, "locked-damaged");
  }
}

function ofText(text: string): ReadIdentity {
  if (text.trim() === "") return refusedAs(SAYINGS, "empty");
  if (/AGE-SECRET-KEY-/i.test(text)) return ageKeys(text);
  if (/AGE-PLUGIN-/.test(text)) return refusedAs(SAYINGS, "in-a-token");
  if (PUBLIC.test(text)) return refusedAs(SAYINGS, "public-half");
  return refusedAs(SAYINGS, "not-a-key");
}

function ageKeys(text: string): ReadIdentity {
  const named: string[] = [];
  const tried: Identity[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const told = line.trim();
    if (told === "" || told.startsWith("#")) continue;
    if (told.startsWith("AGE-SECRET-KEY-PQ-1")) return refusedAs(SAYINGS, "other-age-kind");
    const secret = secretOf(told);
    if (secret === undefined) return refusedAs(SAYINGS, "mistyped");
    named.push(recipientOf(secret));
    tried.push(x25519Identity(secret));
  }
  if (tried.length === 0) return refusedAs(SAYINGS, "not-a-key");
  if (tried.length > MOST_KEYS) return refusedAs(SAYINGS, "too-many");
  return { is: "identities", kind: "age", named, tried };
}

/** What Notepad saved: with or without a mark of its encoding. */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}

function bytewise(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

const PUTTY = /^PuTTY-User-Key-File-/;
const SSH = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const PUBLIC = /^\s*(age1|ssh-(rsa|ed25519|dss) |ecdsa-sha2-|sk-|---- BEGIN SSH2 PUBLIC KEY)/;
const MOST_BYTES = 256 * 1024;
/** Each is tried on each recipient of a file. */
const MOST_KEYS = 100;
const PRIVATE_FILE =
  "Choose the file with your secret key. It has a line that begins with AGE-SECRET-KEY-1.";
const MADE_HERE = "Make a key on this page, and send the council its age1 line.";
const SAYINGS = {
  empty: ["The key file is empty.", PRIVATE_FILE],
  "not-a-key": ["This is not a key file.", PRIVATE_FILE],
  mistyped: [
    "The key in this file is not complete, or a character in it is wrong.",
    "Use another copy of the key file. If there is none, make a new key and send the council its age1 line.",
  ],
  "too-many": ["There are more keys in this file than can be tried.", PRIVATE_FILE],
  "public-half": [
    "This is the public half of a key. Files are opened with the secret half.",
    "Choose the file with the secret half. For an SSH key it has the same name without .pub.",
  ],
  "sealed-file": ["This is an encrypted file, not a key.", PRIVATE_FILE],
  "locked-damaged": [
    "This locked key file was cut short or changed, so it can't be unlocked.",
    "Use another copy of the key file. If there is none, make a new key and send the council its age1 line.",
  ],
  "passphrase-needed": ["The key is locked with a passphrase.", "Give the passphrase of the key."],
  "passphrase-wrong": [
    "The passphrase does not fit the key.",
    "Try again. Capitals and spaces count. Nobody can restore a passphrase that is lost.",
  ],
  "too-much-work": [
    "The key is locked in a way that takes more work than this browser can do.",
    "Unlock it with the program that locked it, or make a new key on this page.",
  ],
  "in-a-token": ["This key lies in a token or a card, which a page can't reach.", MADE_HERE],
  "other-age-kind": ["This is a kind of age key that the council does not use.", MADE_HERE],
  "ssh-damaged": [
    "This SSH key was cut short or changed, so it can't be used.",
    "Use another copy of the key file. If there is none, make a key on this page.",
  ],
  "only-logs-in": [
    "This kind of SSH key can log in, but it can't open files.",
    "Use an ssh-ed25519 or ssh-rsa key, or make a key on this page and send the council its age1 line.",
  ],
  "other-form": [
    "This SSH key is kept in a form that this page does not read.",
    "Open it in PuTTYgen and save it again with Save private key, or make a key on this page.",
  ],
  "rsa-length": [
    "The council makes files only for RSA keys of 2048 to 4096 bits, and this one is shorter or longer.",
    MADE_HERE,
  ],
  "rsa-not-here": [
    "RSA keys can't be used on a page that was opened from this address.",
    "Save school-kit.html on this computer and open it from there.",
  ],
} as const;
