// The X25519 stanza of age, both ways. By noble alone and not by the browser's own X25519, which some browsers
// lack and a page from an insecure address is refused: so that a key opens the same files in every browser.

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64nopad, bech32 } from "@scure/base";
import { Stanza, type Identity, type Recipient } from "age-encryption";

/** The secret bytes of `AGE-SECRET-KEY-1…`; nothing where a character is wrong. */
export function secretOf(identity: string): Uint8Array | undefined {
  return identity === identity.toUpperCase() ? bytesOf(identity, SECRET) : undefined;
}

/** The public bytes of `age1…`; nothing where a character is wrong. */
export function publicOf(recipient: string): Uint8Array | undefined {
  return recipient === recipient.toLowerCase() ? bytesOf(recipient, PUBLIC) : undefined;
}

/** The `age1…` line that belongs to these secret bytes. */
export function recipientOf(secret: Uint8Array): string {
  return bech32.encodeFromBytes(PUBLIC, x25519.getPublicKey(secret));
}

/** Opens what was sealed to the recipient of these secret bytes. */
export function x25519Identity(secret: Uint8Array): Identity {
  const own = x25519.getPublicKey(secret);
  return {
    unwrapFileKey(stanzas) {
      for (const { args, body } of stanzas) {
        if (args[0] !== KIND) continue;
        const share = shareOf(args, 2);
        const key = wrapKey(x25519.getSharedSecret(secret, share), share, own, LABEL);
        const fileKey = unwrapped(body, key);
        if (fileKey !== null) return fileKey;
      }
      return null;
    },
  };
}

/** Seals to these public bytes. Throws for the few that would give the secret away. */
export function x25519Recipient(recipient: Uint8Array): Recipient {
  return {
    wrapFileKey(fileKey) {
      const once = x25519.keygen();
      const shared = x25519.getSharedSecret(once.secretKey, recipient);
      const key = wrapKey(shared, once.publicKey, recipient, LABEL);
      return [new Stanza([KIND, base64nopad.encode(once.publicKey)], wrapped(fileKey, key))];
    },
  };
}

/** The one-time public key at the end of a stanza with so many words. */
export function shareOf(args: readonly string[], words: number): Uint8Array {
  const share = base64nopad.decode(args[words - 1] ?? "");
  if (args.length !== words || share.length !== 32) throw new Error("malformed stanza");
  return share;
}

/** The key under which a file's key lies in a stanza. */
export function wrapKey(
  shared: Uint8Array,
  share: Uint8Array,
  recipient: Uint8Array,
  label: string,
): Uint8Array {
  const salt = new Uint8Array(64);
  salt.set(share);
  salt.set(recipient, 32);
  return hkdf(sha256, shared, salt, new TextEncoder().encode(label), 32);
}

/** The file's key under a key that is used only once. */
export function wrapped(fileKey: Uint8Array, key: Uint8Array): Uint8Array {
  return chacha20poly1305(key, NONCE).encrypt(fileKey);
}

/** The file's key again, or null where the key does not fit. */
export function unwrapped(body: Uint8Array, key: Uint8Array): Uint8Array | null {
  if (body.length !== 32) throw new Error("malformed stanza");
  try {
    return chacha20poly1305(key, NONCE).decrypt(body);
  } catch {
    return null;
  }
}

function bytesOf(text: string, prefix: string): Uint8Array | undefined {
  const read = bech32.decodeUnsafe(text.toLowerCase());
  if (read?.prefix !== prefix.toLowerCase()) return undefined;
  const bytes = bech32.fromWordsUnsafe(read.words);
  return bytes?.length === 32 ? bytes : undefined;
}

const KIND = "X25519";
const LABEL = "age-encryption.org/v1/X25519";
const SECRET = "AGE-SECRET-KEY-";
const PUBLIC = "age";
const NONCE = new Uint8Array(12);
