// Opens an age file with keys, and tells exactly how far it came: typage says all its faults by the same kind
// of error. Nothing comes out unless the whole file verified; what was opened before a fault is wiped.

import { Decrypter, type Identity, type Stanza } from "age-encryption";
import type { AgeFile } from "./age_file";
import { isUnderPassphrase, TooMuchWork } from "./passphrase";

/** What became of an attempt. */
export type Decrypted =
  | { readonly is: "plain"; readonly bytes: Uint8Array }
  | { readonly is: "no-match"; readonly stanzas: readonly Stanza[] }
  | {
      readonly is:
        | "too-much-work"
        /** The header is none, or is not what was sealed. */
        | "header-changed"
        /** A chunk that is all there is not what was sealed. */
        | "payload-changed"
        /** The last chunk is not the end of what was sealed: changed, or the end is missing. */
        | "end-wrong";
    };

/** Tries these keys on the file. */
export async function decrypt(
  file: AgeFile,
  keys: readonly (string | Identity)[],
): Promise<Decrypted> {
  let stanzas: readonly Stanza[] = [];
  let matched = true;
  const decrypter = new Decrypter();
  // The first and the last to be asked open nothing: they only see how far it comes.
  decrypter.addIdentity(
    asked((found) => {
      stanzas = found;
      isUnderPassphrase(found);
    }),
  );
  for (const key of keys) decrypter.addIdentity(key);
  decrypter.addIdentity(asked(() => (matched = false)));
  try {
    return await wholeOf(file, await decrypter.decrypt(inSlices(file.bytes)));
  } catch (error) {
    if (error instanceof TooMuchWork) return { is: "too-much-work" };
    return matched ? { is: "header-changed" } : { is: "no-match", stanzas };
  }
}

async function wholeOf(file: AgeFile, plain: ReadableStream<Uint8Array>): Promise<Decrypted> {
  const chunks: Uint8Array[] = [];
  const reader = plain.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
    }
  } catch {
    for (const chunk of chunks) chunk.fill(0);
    const sealed = Math.ceil((file.bytes.length - file.payload) / SEALED_CHUNK);
    return { is: chunks.length < sealed - 1 ? "payload-changed" : "end-wrong" };
  }
  return { is: "plain", bytes: joined(chunks) };
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
    chunk.fill(0);
  }
  return bytes;
}

function asked(see: (stanzas: readonly Stanza[]) => void): Identity {
  return {
    unwrapFileKey(stanzas) {
      see(stanzas);
      return null;
    },
  };
}

// Slices smaller than a chunk, so that no two chunks are opened at once and those before a fault are counted.
function inSlices(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at + SLICE));
      at += SLICE;
      if (at >= bytes.length) controller.close();
    },
  });
}

const SLICE = 32 * 1024;
const SEALED_CHUNK = 64 * 1024 + 16;
