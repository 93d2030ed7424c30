// An SSH key as a key that opens files: the stanzas `ssh-ed25519` and `ssh-rsa` of age. Knows nothing of the
// files in which such keys are kept.

import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64nopad, base64urlnopad } from "@scure/base";
import type { Identity } from "age-encryption";
import type { Progress } from "./passphrase";
import { wireStrings } from "./wire";
import { shareOf, unwrapped, wrapKey } from "./x25519";

/** A secret key, proved to belong to its public half. */
export interface SshKey {
  readonly kind: "ssh-ed25519" | "ssh-rsa";
  /** The public half, as SSH writes it. */
  readonly blob: Uint8Array;
  readonly identity: Identity;
}

/** What a file with a private key holds. */
export type SshKeyFile =
  | { readonly is: "key"; readonly key: SshKey }
  | {
      readonly is: "locked";
      unlock(passphrase: string, progress: Progress): Promise<SshKey | SshKeyFault>;
    }
  | { readonly is: "fault"; readonly fault: SshKeyFault };

/** Why a file holds no key that opens files here. */
export type SshKeyFault =
  | "ssh-damaged"
  | "rsa-length"
  | "rsa-not-here"
  | "passphrase-wrong"
  | "too-much-work"
  /** A kind that only signs. */
  | "only-logs-in"
  /** A form, or a lock, that is not read here. */
  | "other-form";

/** A key, or why there is none, as what a file holds. */
export function asFile(found: SshKey | SshKeyFault): SshKeyFile {
  return typeof found === "string" ? { is: "fault", fault: found } : { is: "key", key: found };
}

/** The numbers of an RSA key. */
export interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  /** The inverse of q modulo p. */
  readonly inverse: bigint;
}

/** The key of these 32 secret bytes. */
export function ed25519Key(seed: Uint8Array, publicKey: Uint8Array): SshKey | SshKeyFault {
  if (seed.length !== 32 || publicKey.length !== 32) return "ssh-damaged";
  const own = ed25519.getPublicKey(seed);
  if (own.some((byte, at) => byte !== publicKey[at])) return "ssh-damaged";
  const blob = wireStrings("ssh-ed25519", own);
  const secret = ed25519.utils.toMontgomerySecret(seed);
  const shown = ed25519.utils.toMontgomery(own);
  const tweak = hkdf(sha256, new Uint8Array(0), blob, new TextEncoder().encode(ED25519_LABEL), 32);
  return {
    kind: "ssh-ed25519",
    blob,
    identity: {
      unwrapFileKey(stanzas) {
        for (const { args, body } of stanzas) {
          if (args[0] !== "ssh-ed25519" || args[1] !== tagOf(blob)) continue;
          const share = shareOf(args, 3);
          const shared = x25519.getSharedSecret(tweak, x25519.getSharedSecret(secret, share));
          const fileKey = unwrapped(body, wrapKey(shared, share, shown, ED25519_LABEL));
          if (fileKey === null) throw new Error("a stanza for this key was changed");
          return fileKey;
        }
        return null;
      },
    },
  };
}

/** The key of these numbers. The browser itself does the work with it. */
export async function rsaKey(numbers: RsaNumbers): Promise<SshKey | SshKeyFault> {
  const bits = numbers.n.toString(2).length;
  if (bits < RSA_LEAST || bits > RSA_MOST) return "rsa-length";
  if (numbers.p * numbers.q !== numbers.n) return "ssh-damaged";
  // A page from an insecure address has none.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return "rsa-not-here";
  const blob = wireStrings("ssh-rsa", signed(numbers.e), signed(numbers.n));
  let key: CryptoKey;
  try {
    const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
    key = await subtle.importKey("jwk", jwkOf(numbers), algorithm, false, ["decrypt"]);
  } catch {
    return "ssh-damaged";
  }
  return {
    kind: "ssh-rsa",
    blob,
    identity: {
      async unwrapFileKey(stanzas) {
        for (const { args, body } of stanzas) {
          if (args[0] !== "ssh-rsa" || args[1] !== tagOf(blob)) continue;
          if (args.length !== 2) throw new Error("malformed stanza");
          const label = new TextEncoder().encode(RSA_LABEL);
          const opened = await subtle.decrypt({ name: "RSA-OAEP", label }, key, body.slice());
          if (opened.byteLength !== 16) throw new Error("malformed stanza");
          return new Uint8Array(opened);
        }
        return null;
      },
    },
  };
}

/** The few characters by which a stanza says for which key it is. */
function tagOf(blob: Uint8Array): string {
  return base64nopad.encode(sha256(blob).subarray(0, 4));
}

function jwkOf({ n, e, d, p, q, inverse }: RsaNumbers): JsonWebKey {
  const written = (number: bigint) => base64urlnopad.encode(bytesOf(number));
  return {
    kty: "RSA",
    n: written(n),
    e: written(e),
    d: written(d),
    p: written(p),
    q: written(q),
    dp: written(d % (p - 1n)),
    dq: written(d % (q - 1n)),
    qi: written(inverse),
  };
}

/** With a zero before it where the first bit would be taken for a sign. */
function signed(number: bigint): Uint8Array {
  const bytes = bytesOf(number);
  return (bytes[0] ?? 0) > 127 ? new Uint8Array([0, ...bytes]) : bytes;
}

function bytesOf(number: bigint): Uint8Array {
  const digits = number.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

const ED25519_LABEL = "age-encryption.org/v1/ssh-ed25519";
const RSA_LABEL = "age-encryption.org/v1/ssh-rsa";
/** What the council seals to: `public_key.rs` has the same limits. */
const RSA_LEAST = 2048;
const RSA_MOST = 4096;
