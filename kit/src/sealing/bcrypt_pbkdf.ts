// bcrypt_pbkdf: how OpenSSH makes a key out of a passphrase. Slow on purpose, so it yields to the page between
// rounds. Nothing else should ever use it.

import { sha512 } from "@noble/hashes/sha2.js";
import { nextTick } from "@noble/hashes/utils.js";
import { Blowfish } from "./blowfish";
import type { Progress } from "./passphrase";

/** So many bytes out of a passphrase and a salt. */
export async function bcryptPbkdf(
  passphrase: string,
  salt: Uint8Array,
  size: number,
  rounds: number,
  progress: Progress,
): Promise<Uint8Array> {
  const password = sha512(new TextEncoder().encode(passphrase));
  const blocks = Math.ceil(size / HASH);
  const derived = new Uint8Array(size);
  for (let block = 0; block < blocks; block += 1) {
    let hash = bcryptHash(password, sha512(new Uint8Array([...salt, 0, 0, 0, block + 1])));
    const sum = hash.slice();
    for (let round = 1; round < rounds; round += 1) {
      progress((block * rounds + round) / (blocks * rounds));
      await nextTick();
      hash = bcryptHash(password, sha512(hash));
      hash.forEach((byte, at) => (sum[at] = (sum[at] ?? 0) ^ byte));
    }
    // The blocks' bytes lie between each other, not behind.
    sum.forEach((byte, at) => {
      const to = at * blocks + block;
      if (to < size) derived[to] = byte;
    });
  }
  progress(1);
  return derived;
}

function bcryptHash(password: Uint8Array, salt: Uint8Array): Uint8Array {
  const cipher = new Blowfish();
  cipher.expand(password, salt);
  for (let turn = 0; turn < TURNS; turn += 1) {
    cipher.expand(salt);
    cipher.expand(password);
  }
  const words = Array.from({ length: 8 }, (_, at) => new DataView(TEXT.buffer).getUint32(at * 4));
  for (let turn = 0; turn < TURNS; turn += 1) cipher.encrypt(words);
  const hash = new Uint8Array(HASH);
  words.forEach((word, at) => new DataView(hash.buffer).setUint32(at * 4, word, true));
  return hash;
}

const HASH = 32;
const TURNS = 64;
const TEXT = new TextEncoder().encode("OxychromaticBlowfishSwatDynamite");
