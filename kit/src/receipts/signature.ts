// An OpenSSH signature file taken apart, and whether it is one of just these bytes. Knows no signers: whose
// key it is, and whether that key may sign, is for others.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { base64 } from "@scure/base";
import { WireReader, wireStrings } from "../sealing/wire";

/** A signature as its file tells it. */
export interface Signature {
  readonly is: "signature";
  /** The signer's public key, as SSH writes it. */
  readonly key: Uint8Array;
  /** What it was made for. */
  readonly namespace: string;
  readonly hash: "sha256" | "sha512";
  /** The 64 bytes themselves. */
  readonly bytes: Uint8Array;
}

/** Why a file is no signature that can be checked here. */
export type SignatureFault = "not-a-signature" | "signature-damaged" | "other-kind-of-key";

/** Reads a `.sig` file, just as `ssh-keygen` writes it, with either kind of line end. */
export function readSignature(file: Uint8Array): Signature | SignatureFault {
  const text = new TextDecoder("latin1").decode(file.subarray(0, MOST_BYTES + 1));
  if (!text.startsWith(BEGIN)) {
    return text !== "" && BEGIN.startsWith(text) ? "signature-damaged" : "not-a-signature";
  }
  const blob = file.length > MOST_BYTES ? undefined : unarmoured(text);
  if (blob === undefined) return "signature-damaged";
  try {
    return parsed(blob);
  } catch {
    return "signature-damaged";
  }
}

/** Whether these bytes were signed by the signature's own key, for its own purpose. */
export function signs(signature: Signature, message: Uint8Array): boolean {
  const { namespace, hash, key, bytes } = signature;
  const digest = hash === "sha512" ? sha512(message) : sha256(message);
  const signed = wireStrings(namespace, "", hash, digest);
  const whole = new Uint8Array([...MAGIC, ...signed]);
  return ed25519.verify(bytes, whole, key.slice(-32), { zip215: false });
}

function parsed(blob: Uint8Array): Signature | SignatureFault {
  const reader = new WireReader(blob);
  if (reader.raw(6).some((byte, at) => byte !== MAGIC[at])) return "not-a-signature";
  if (reader.number() !== 1) return "other-kind-of-key";
  const key = reader.string();
  const namespace = reader.text();
  // What is reserved is signed as well, so that here it can only be empty.
  const reserved = reader.string();
  const hash = reader.text();
  const signature = new WireReader(reader.string());
  reader.end();
  const kind = signature.text();
  if (kind !== ED25519) return /^[a-z]/.test(kind) ? "other-kind-of-key" : "signature-damaged";
  const bytes = signature.string();
  signature.end();
  const whole = isEd25519(key) && bytes.length === 64 && reserved.length === 0;
  if (!whole || (hash !== "sha256" && hash !== "sha512")) return "signature-damaged";
  return { is: "signature", key, namespace, hash, bytes };
}

/** Whether this is a public key of the one kind with which receipts are signed. */
export function isEd25519(key: Uint8Array): boolean {
  const start = wireStrings(ED25519, new Uint8Array(32)).subarray(0, -32);
  return key.length === start.length + 32 && start.every((byte, at) => key[at] === byte);
}

// Only as it is written: another line width would do no harm, but a changed byte should show.
function unarmoured(text: string): Uint8Array | undefined {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const [begin, ...body] = lines;
  if (begin !== BEGIN || body.pop() !== END) return undefined;
  const width = body[0]?.length ?? 0;
  const even = body.every((line, at) =>
    at < body.length - 1 ? line.length === width : line.length > 0 && line.length <= width,
  );
  try {
    return even ? base64.decode(body.join("")) : undefined;
  } catch {
    return undefined;
  }
}

const ED25519 = "ssh-ed25519";
const MAGIC = new TextEncoder().encode("SSHSIG");
const BEGIN = "-----BEGIN SSH SIGNATURE-----";
const END = "-----END SSH SIGNATURE-----";
/** A signature by the largest RSA key has a few thousand. */
const MOST_BYTES = 16 * 1024;
