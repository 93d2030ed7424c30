// Private keys as PuTTY keeps them: `.ppk` of versions 2 and 3, locked or not. The file proves itself by a
// code over all of it, so that a changed file and a wrong passphrase show.

import { cbc } from "@noble/ciphers/aes.js";
import { argon2dAsync, argon2iAsync, argon2idAsync } from "@noble/hashes/argon2.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, hex } from "@scure/base";
import type { Progress } from "./passphrase";
import {
  asFile,
  ed25519Key,
  rsaKey,
  type SshKey,
  type SshKeyFault,
  type SshKeyFile,
} from "./ssh_key";
import { WireReader, wireStrings } from "./wire";

/** Reads the text of a `.ppk` file: each byte a character, since its comment may be in any encoding. */
export async function puttyKey(text: string): Promise<SshKeyFile> {
  const file = partsOf(text);
  if (typeof file === "string") return asFile(file);
  if (file.kind !== "ssh-ed25519" && file.kind !== "ssh-rsa") return asFile("only-logs-in");
  if (file.encryption === "none") {
    const key = file.version === 2 ? macKeyOf("") : new Uint8Array(0);
    return asFile(await proved(file, file.secret, key, "ssh-damaged"));
  }
  if (file.encryption !== "aes256-cbc" || file.secret.length % 16 !== 0) {
    return asFile("other-form");
  }
  return {
    is: "locked",
    unlock: (passphrase, progress) => unlocked(file, passphrase, progress),
  };
}

interface PuttyFile {
  readonly version: 2 | 3;
  readonly kind: string;
  readonly encryption: string;
  readonly comment: string;
  readonly blob: Uint8Array;
  readonly secret: Uint8Array;
  readonly mac: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
}

async function unlocked(
  file: PuttyFile,
  passphrase: string,
  progress: Progress,
): Promise<SshKey | SshKeyFault> {
  const keys =
    file.version === 2 ? keysOfOld(passphrase) : await argonKeys(file, passphrase, progress);
  if (typeof keys === "string") return keys;
  const opened = cbc(keys.cipher, keys.iv, { disablePadding: true }).decrypt(file.secret);
  return proved(file, opened, keys.mac, "passphrase-wrong");
}

async function proved(
  file: PuttyFile,
  opened: Uint8Array,
  macKey: Uint8Array,
  otherwise: SshKeyFault,
): Promise<SshKey | SshKeyFault> {
  const comment = Uint8Array.from(file.comment, (character) => character.charCodeAt(0));
  const told = wireStrings(file.kind, file.encryption, comment, file.blob, opened);
  const mac = hmac(file.version === 2 ? sha1 : sha256, macKey, told);
  if (mac.length !== file.mac.length || mac.some((byte, at) => byte !== file.mac[at]))
    return otherwise;
  try {
    return await keyOf(file.kind, new WireReader(file.blob), new WireReader(opened));
  } catch {
    return "ssh-damaged";
  }
}

async function keyOf(
  kind: string,
  shown: WireReader,
  secret: WireReader,
): Promise<SshKey | SshKeyFault> {
  if (shown.text() !== kind) return "ssh-damaged";
  if (kind === "ssh-ed25519") return ed25519Key(secret.string(), shown.string());
  const [e, n] = [shown.integer(), shown.integer()];
  const [d, p, q, inverse] = [
    secret.integer(),
    secret.integer(),
    secret.integer(),
    secret.integer(),
  ];
  return rsaKey({ n, e, d, p, q, inverse });
}

interface Keys {
  readonly cipher: Uint8Array;
  readonly iv: Uint8Array;
  readonly mac: Uint8Array;
}

function keysOfOld(passphrase: string): Keys {
  const password = new TextEncoder().encode(passphrase);
  const part = (count: number) => sha1(new Uint8Array([0, 0, 0, count, ...password]));
  const cipher = new Uint8Array([...part(0), ...part(1)]).slice(0, 32);
  return { cipher, iv: new Uint8Array(16), mac: macKeyOf(passphrase) };
}

function macKeyOf(passphrase: string): Uint8Array {
  return sha1(new TextEncoder().encode(`putty-private-key-file-mac-key${passphrase}`));
}

async function argonKeys(
  file: PuttyFile,
  passphrase: string,
  progress: Progress,
): Promise<Keys | SshKeyFault> {
  const header = (name: string) => file.headers.get(name) ?? "";
  const argon = ARGON.get(header("Key-Derivation"));
  const [m, t, p] = ["Memory", "Passes", "Parallelism"].map((name) =>
    Number(header(`Argon2-${name}`)),
  );
  if (argon === undefined || !isSmall(m) || !isSmall(t) || !isSmall(p)) return "other-form";
  if (m > MOST_KIB || m * t > MOST_WORK || p > 64) return "too-much-work";
  try {
    const salt = hex.decode(header("Argon2-Salt"));
    const derived = await argon(new TextEncoder().encode(passphrase), salt, {
      m,
      t,
      p,
      dkLen: 80,
      asyncTick: SLICE,
      onProgress: progress,
    });
    return { cipher: derived.slice(0, 32), iv: derived.slice(32, 48), mac: derived.slice(48) };
  } catch (error) {
    return error instanceof RangeError ? "too-much-work" : "other-form";
  }
}

function isSmall(number: number | undefined): number is number {
  return number !== undefined && Number.isSafeInteger(number) && number > 0;
}

function partsOf(text: string): PuttyFile | SshKeyFault {
  const lines = text.split(/\r\n|\n|\r/);
  const headers = new Map<string, string>();
  const blocks = new Map<string, string>();
  while (lines.length > 0) {
    const [, name, value = ""] = /^([A-Za-z0-9-]+): ?(.*)$/.exec(lines.shift() ?? "") ?? [];
    if (name === undefined) continue;
    headers.set(name, value);
    if (name.endsWith("-Lines")) blocks.set(name, lines.splice(0, Number(value) || 0).join(""));
  }
  const version = headers.has("PuTTY-User-Key-File-3") ? 3 : 2;
  const kind = headers.get(`PuTTY-User-Key-File-${version}`);
  if (kind === undefined) return "other-form";
  try {
    return {
      version,
      kind,
      encryption: headers.get("Encryption") ?? "",
      comment: headers.get("Comment") ?? "",
      blob: base64.decode(blocks.get("Public-Lines") ?? ""),
      secret: base64.decode(blocks.get("Private-Lines") ?? ""),
      mac: hex.decode(headers.get("Private-MAC") ?? ""),
      headers,
    };
  } catch {
    return "ssh-damaged";
  }
}

const ARGON: ReadonlyMap<string, typeof argon2idAsync> = new Map([
  ["Argon2id", argon2idAsync],
  ["Argon2i", argon2iAsync],
  ["Argon2d", argon2dAsync],
]);
/** 256 MiB; PuTTYgen itself takes 8. */
const MOST_KIB = 256 * 1024;
/** Memory times passes: some ten seconds. */
const MOST_WORK = 1024 * 1024;
const SLICE = 30;
