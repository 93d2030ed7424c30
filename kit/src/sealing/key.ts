// A person's own key, and the files in which it is kept: as `age-keygen` writes them, and as `age -p` locks
// them. Knows nothing of where a file is saved.

import { armor, Encrypter, generateX25519Identity } from "age-encryption";
import { passphraseRecipient, type Progress } from "./passphrase";
import { recipientOf, secretOf } from "./x25519";

/** A new key: the secret half stays with its owner, the public half goes to the council. */
export interface Key {
  /** `AGE-SECRET-KEY-1…`: opens files. */
  readonly identity: string;
  /** `age1…`: files are sealed to it. */
  readonly recipient: string;
}

/** Makes a new key. */
export async function makeKey(): Promise<Key> {
  const identity = await generateX25519Identity();
  const secret = secretOf(identity);
  if (secret === undefined) throw new Error("a new key does not read back");
  return { identity, recipient: recipientOf(secret) };
}

/** The text of the file that keeps the key, with Windows line ends. Who has the file has the key. */
export function keyFile(key: Key, now: Date): string {
  return lines(key, now).join("\r\n");
}

/**
 * The text of the file that keeps the key under a passphrase. Stock `age` asks for the passphrase when it is
 * given the file by `-i`. Takes seconds of work. Rejects where the browser has no 256 MiB of memory for it.
 */
export async function lockedKeyFile(
  key: Key,
  passphrase: string,
  now: Date = new Date(),
  progress: Progress = () => {},
): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(passphrase, progress));
  return armor.encode(await encrypter.encrypt(lines(key, now).join("\n")));
}

function lines(key: Key, now: Date): string[] {
  return [
    "# This is a secret key. Keep it to yourself: never send it to anyone, not even to the council.",
    `# created: ${now.toISOString().slice(0, 19)}Z`,
    `# public key: ${key.recipient}`,
    key.identity,
    "",
  ];
}
