// The wire format of SSH, in which keys and signatures are written: lengths, then bytes.

import { sha256 } from "@noble/hashes/sha2.js";
import { base64nopad } from "@scure/base";

/** Thrown where the bytes end too early, or do not end. Caught by whoever reads a whole file. */
export class WireFault extends Error {}

/** Reads one value after the other. */
export class WireReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** So many bytes as they stand. */
  raw(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new WireFault("too short");
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  number(): number {
    const bytes = this.raw(4);
    return new DataView(bytes.buffer).getUint32(0);
  }

  /** Bytes with their length before them. */
  string(): Uint8Array {
    return this.raw(this.number());
  }

  /** A string of printable ASCII. */
  text(): string {
    const text = new TextDecoder("latin1").decode(this.string());
    if (!/^[\x20-\x7e]*$/.test(text)) throw new WireFault("not a word");
    return text;
  }

  /** A whole number that is not negative. */
  integer(): bigint {
    const bytes = this.string();
    if ((bytes[0] ?? 0) > 127) throw new WireFault("negative");
    return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  /** What is left. */
  rest(): Uint8Array {
    return this.raw(this.bytes.length - this.at);
  }

  /** Nothing may follow. */
  end(): void {
    if (this.at !== this.bytes.length) throw new WireFault("too long");
  }
}

/** Values one behind the other, each with its length before it. */
export function wireStrings(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) =>
    typeof part === "string" ? new TextEncoder().encode(part) : part,
  );
  const whole = new Uint8Array(bytes.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of bytes) {
    view.setUint32(at, part.length);
    whole.set(part, at + 4);
    at += 4 + part.length;
  }
  return whole;
}

/** The name by which receipts speak of an SSH key: `SHA256:…`. */
export function fingerprint(publicKey: Uint8Array): string {
  return `SHA256:${base64nopad.encode(sha256(publicKey))}`;
}
