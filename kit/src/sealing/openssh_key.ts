// Private keys as OpenSSH keeps them: its own form, locked or not, and the PEM form of old for RSA.

import { cbc, ctr } from "@noble/ciphers/aes.js";
import { base64 } from "@scure/base";
import { bcryptPbkdf } from "./bcrypt_pbkdf";
import {
  asFile,
  ed25519Key,
  rsaKey,
  type SshKey,
  type SshKeyFault,
  type SshKeyFile,
} from "./ssh_key";
import { WireFault, WireReader } from "./wire";

/** Reads the text of a private key: `-----BEGIN … PRIVATE KEY-----`. */
export async function opensshKey(text: string): Promise<SshKeyFile> {
  const [, words, body = ""] = PEM.exec(text) ?? [];
  if (words === undefined) return asFile("ssh-damaged");
  const kind = words.trim();
  if (kind === "DSA" || kind === "EC") return asFile("only-logs-in");
  // Headers mean a lock of old.
  if ((kind !== "OPENSSH" && kind !== "RSA") || body.includes(":")) return asFile("other-form");
  try {
    const bytes = base64.decode(body.replace(/\s/g, ""));
    return kind === "RSA" ? asFile(await pkcs1(bytes)) : await container(bytes);
  } catch {
    return asFile("ssh-damaged");
  }
}

async function container(bytes: Uint8Array): Promise<SshKeyFile> {
  const reader = new WireReader(bytes);
  if (new TextDecoder("latin1").decode(reader.raw(MAGIC.length)) !== MAGIC) {
    return asFile("ssh-damaged");
  }
  const [cipher, kdf, options] = [reader.text(), reader.text(), reader.string()];
  if (reader.number() !== 1) return asFile("other-form");
  const blob = reader.string();
  if (!OPENING_KINDS.includes(new WireReader(blob).text())) return asFile("only-logs-in");
  const secret = reader.string();
  const keyBytes = CIPHERS.get(cipher);
  if (keyBytes === undefined || kdf !== (keyBytes === 0 ? "none" : "bcrypt")) {
    return asFile("other-form");
  }
  reader.end();
  if (keyBytes === 0) return asFile(await privatePart(secret, blob));
  const kdfReader = new WireReader(options);
  const salt = kdfReader.string();
  const rounds = kdfReader.number();
  return {
    is: "locked",
    async unlock(passphrase, progress) {
      if (rounds > MOST_ROUNDS) return "too-much-work";
      const size = keyBytes + 16;
      const derived = await bcryptPbkdf(passphrase, salt, size, rounds, progress);
      const [key, iv] = [derived.slice(0, keyBytes), derived.slice(keyBytes)];
      if (secret.length % 16 !== 0) return "ssh-damaged";
      const opened = cipher.endsWith("ctr")
        ? ctr(key, iv).decrypt(secret)
        : cbc(key, iv, { disablePadding: true }).decrypt(secret);
      return isRepeated(opened) ? privatePart(opened, blob) : "passphrase-wrong";
    },
  };
}

/** What lies behind the lock begins with a number, twice: a wrong passphrase shows in it. */
function isRepeated(opened: Uint8Array): boolean {
  const reader = new WireReader(opened);
  return reader.number() === reader.number();
}

/** The key behind the lock, which must be the secret half of the one before it. */
async function privatePart(opened: Uint8Array, blob: Uint8Array): Promise<SshKey | SshKeyFault> {
  if (!isRepeated(opened)) return "ssh-damaged";
  const reader = new WireReader(opened.subarray(8));
  const kind = reader.text();
  if (!OPENING_KINDS.includes(kind)) return "only-logs-in";
  const key = await (kind === "ssh-ed25519" ? ed25519In(reader) : rsaIn(reader));
  const comment = reader.string();
  const padded = reader.rest().every((byte, at) => byte === at + 1);
  if (typeof key === "string") return key;
  const same = key.blob.length === blob.length && key.blob.every((byte, at) => byte === blob[at]);
  return same && padded && comment.length < MOST_COMMENT ? key : "ssh-damaged";
}

function ed25519In(reader: WireReader): SshKey | SshKeyFault {
  const publicKey = reader.string();
  return ed25519Key(reader.string().slice(0, 32), publicKey);
}

function rsaIn(reader: WireReader): Promise<SshKey | SshKeyFault> {
  const [n, e, d] = [reader.integer(), reader.integer(), reader.integer()];
  const [inverse, p, q] = [reader.integer(), reader.integer(), reader.integer()];
  return rsaKey({ n, e, d, p, q, inverse });
}

/** A sequence of nine whole numbers in DER, the first a version. */
async function pkcs1(bytes: Uint8Array): Promise<SshKey | SshKeyFault> {
  const whole = new DerReader(bytes);
  const reader = new DerReader(whole.value(SEQUENCE));
  const numbers = Array.from({ length: 9 }, () => reader.integer());
  const [version, n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, , , inverse = 0n] = numbers;
  return version === 0n ? rsaKey({ n, e, d, p, q, inverse }) : "other-form";
}

class DerReader {
  private readonly bytes: WireReader;

  constructor(bytes: Uint8Array) {
    this.bytes = new WireReader(bytes);
  }

  value(tag: number): Uint8Array {
    if (this.byte() !== tag) throw new WireFault("another tag");
    const first = this.byte();
    if (first < 128) return this.bytes.raw(first);
    if (first > 130) throw new WireFault("too long");
    const length = this.bytes.raw(first - 128).reduce((sum, byte) => sum * 256 + byte, 0);
    return this.bytes.raw(length);
  }

  integer(): bigint {
    return this.value(INTEGER).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  private byte(): number {
    return this.bytes.raw(1)[0] ?? 0;
  }
}

const PEM = /-----BEGIN ((?:[A-Z]+ )*)PRIVATE KEY-----([^]*?)-----END \1PRIVATE KEY-----/;
const MAGIC = "openssh-key-v1\0";
const OPENING_KINDS = ["ssh-ed25519", "ssh-rsa"];
/** What ssh-keygen locks with, today and of old, and the bytes of its keys. */
const CIPHERS: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["aes256-ctr", 32],
  ["aes256-cbc", 32],
  ["aes192-ctr", 24],
  ["aes192-cbc", 24],
  ["aes128-ctr", 16],
  ["aes128-cbc", 16],
]);
const MOST_COMMENT = 4096;
const SEQUENCE = 0x30;
const INTEGER = 0x02;
/** Some seconds; ssh-keygen itself asks for 16 or 24. */
const MOST_ROUNDS = 512;
