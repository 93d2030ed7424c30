import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import * as vectors from "cctv-age";
import { ageFile } from "../../../src/sealing/age_file";
import { decrypt } from "../../../src/sealing/decrypting";
import { passphraseIdentity } from "../../../src/sealing/passphrase";
import { secretOf, x25519Identity } from "../../../src/sealing/x25519";

interface Vector {
  readonly expect: string;
  readonly payload: string | undefined;
  readonly keys: readonly (string | ReturnType<typeof x25519Identity>)[];
  readonly file: Uint8Array;
}

// What became of the file by our words, for each of the words of the vectors.
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  success: ["plain"],
  "no match": ["no-match"],
  "HMAC failure": ["header-changed"],
  "header failure": [
    "header-changed",
    "too-much-work",
    "cut-short",
    "changed",
    "changed-as-text",
    "not-age",
    "empty",
  ],
  "payload failure": ["payload-changed", "end-wrong", "cut-short"],
  "armor failure": ["cut-short", "changed", "not-age"],
};

function read(bytes: Uint8Array): Vector {
  const border = Buffer.from(bytes).indexOf("\n\n");
  const headers = Buffer.from(bytes.subarray(0, border)).toString();
  const fields = headers.split("\n").map((line) => line.split(": ") as [string, string]);
  const all = (name: string) => fields.filter(([key]) => key === name).map(([, value]) => value);
  const identities = all("identity").map((identity) => {
    const secret = secretOf(identity);
    return secret === undefined ? identity : x25519Identity(secret);
  });
  const passphrases = all("passphrase").map((text) => passphraseIdentity(text, () => {}));
  const file = bytes.subarray(border + 2);
  return {
    expect: all("expect")[0] ?? "",
    payload: all("payload")[0],
    keys: [...identities, ...passphrases],
    file: all("compressed")[0] === "zlib" ? new Uint8Array(inflateSync(file)) : file,
  };
}

test("age's own test vectors come out as they should", async () => {
  const seen = new Map<string, number>();
  for (const [name, bytes] of Object.entries<Uint8Array>(vectors)) {
    const { expect, payload, keys, file } = read(bytes);
    const shape = ageFile(file);
    const result = typeof shape === "string" ? { is: shape } : await decrypt(shape, keys);
    assert.ok(EXPECTED[expect]?.includes(result.is), `${name}: ${expect}, but ${result.is}`);
    if ("bytes" in result) {
      const hash = createHash("sha256").update(result.bytes).digest("hex");
      assert.equal(hash, payload, name);
    }
    seen.set(expect, (seen.get(expect) ?? 0) + 1);
  }
  assert.deepEqual([...seen.keys()].sort(), Object.keys(EXPECTED).sort());
  assert.ok([...seen.values()].reduce((sum, count) => sum + count) > 100);
});
