// `allowed_signers`: whose keys may sign receipts, and when, read as `ssh-keygen -Y verify` reads it; and the
// remarks in which the council says when a key was retired, or stolen.

import { base64 } from "@scure/base";
import { isEd25519 } from "./signature";

/** One line: a key that may sign. */
export interface Signer {
  /** From 1. */
  readonly line: number;
  /** Names and patterns, with commas between them. */
  readonly principals: string;
  /** The public key, as SSH writes it. */
  readonly key: Uint8Array;
  /** What it may sign; anything where that is not said. */
  readonly namespaces: string | undefined;
  /** Checked against the clock of whoever checks, as `ssh-keygen` does. */
  readonly validAfter: Date | undefined;
  readonly validBefore: Date | undefined;
  /** When the council ceased to sign with it, where the remark above says so. */
  readonly retired: Date | undefined;
  /** The council says that others may have it. */
  readonly stolen: boolean;
}

/** The lines that can be read, in their order. */
export interface Signers {
  readonly signers: readonly Signer[];
  /** Other lines could not be read: they count for nothing, as for `ssh-keygen`. */
  readonly broken: boolean;
}

/** Reads the file's text. Lines for other names than the wanted one are passed over, whatever they hold. */
export function readSigners(text: string, principal: string | undefined): Signers {
  const signers: Signer[] = [];
  let broken = false;
  let remark = NO_REMARK;
  for (const [at, line] of text.slice(0, MOST_CHARACTERS).split("\n").entries()) {
    const told = line.replace(/^[ \t\r]+/, "").replace(/\r$/, "");
    if (told.startsWith("#")) {
      remark = remarkOf(told.slice(1)) ?? remark;
    } else if (told !== "") {
      const signer = signerOf(told, at + 1, principal, remark);
      if (signer === "broken") broken = true;
      else if (signer !== "for-others") signers.push(signer);
      remark = NO_REMARK;
    }
  }
  return { signers, broken };
}

/** Whether a list of patterns has this text: `*` and `?` stand for anything, and `!` before one excludes. */
export function matches(text: string, patterns: string): boolean {
  let found = false;
  for (const pattern of patterns.split(",")) {
    const excludes = pattern.startsWith("!");
    if (!fits(text, excludes ? pattern.slice(1) : pattern)) continue;
    if (excludes) return false;
    found = true;
  }
  return found;
}

interface Remark {
  readonly retired: Date | undefined;
  readonly stolen: boolean;
}

function signerOf(
  told: string,
  line: number,
  principal: string | undefined,
  remark: Remark,
): Signer | "broken" | "for-others" {
  if (told.length > LONGEST_LINE) return "broken";
  const [, quoted, plain, rest = ""] = /^(?:"([^"]*)"|([^ \t"]+))[ \t]+([^]*)$/.exec(told) ?? [];
  const principals = quoted ?? plain;
  if (principals === undefined) return "broken";
  if (principal !== undefined && !matches(principal, principals)) return "for-others";
  const direct = keyOf(rest);
  const end = direct === undefined ? endOfOptions(rest) : 0;
  const key = direct ?? keyOf(rest.slice(end).replace(/^[ \t]+/, ""));
  if (key === undefined) return "broken";
  const options = optionsOf(rest.slice(0, end));
  if (options === undefined) return "broken";
  // Keys of other kinds, and authorities, sign no receipts.
  if (options.authority || !isEd25519(key)) return "for-others";
  return { line, principals, key, ...options.limits, ...remark };
}

/** The key at the start of a text: its kind, and base64 that says the same kind. */
function keyOf(text: string): Uint8Array | undefined {
  const [, kind = "", body = ""] =
    /^([a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/=\r\v\f]+)(?=[ \t]|$)/.exec(text) ?? [];
  if (!KINDS.includes(kind)) return undefined;
  try {
    const key = base64.decode(body.replace(/[\r\v\f]/g, ""));
    const named = new TextDecoder("latin1").decode(key.subarray(4, 4 + kind.length));
    const whole = kind !== "ssh-ed25519" || isEd25519(key);
    return named === kind && whole ? key : undefined;
  } catch {
    return undefined;
  }
}

function endOfOptions(text: string): number {
  return /^(?:\\"|"(?:\\"|[^"])*"|[^ \t"])*/.exec(text)?.[0].length ?? 0;
}

interface Options {
  readonly authority: boolean;
  readonly limits: Pick<Signer, "namespaces" | "validAfter" | "validBefore">;
}

function optionsOf(text: string): Options | undefined {
  const found = new Map<string, string>();
  for (let rest = text; rest !== "";) {
    const option = /^(?:([A-Za-z-]+)(?:="((?:\\"|[^"])*)")?)?(?:,(?=[^])|$)/.exec(rest);
    if (option === null) return undefined;
    const [whole, name, value] = option;
    rest = rest.slice(whole.length);
    if (name === undefined) continue;
    const known = name.toLowerCase();
    const repeated = found.has(known) && known !== AUTHORITY;
    if (!OPTIONS.includes(known) || repeated) return undefined;
    if ((known === AUTHORITY) !== (value === undefined)) return undefined;
    found.set(known, (value ?? "").replaceAll('\\"', '"'));
  }
  const validAfter = timeIn(found, "valid-after");
  const validBefore = timeIn(found, "valid-before");
  if (validAfter === "broken" || validBefore === "broken") return undefined;
  if (validAfter && validBefore && validBefore <= validAfter) return undefined;
  const limits = { namespaces: found.get("namespaces"), validAfter, validBefore };
  return { authority: found.has(AUTHORITY), limits };
}

function timeIn(found: ReadonlyMap<string, string>, name: string): Date | undefined | "broken" {
  const text = found.get(name);
  return text === undefined ? undefined : (localTime(text) ?? "broken");
}

/** `YYYYMMDD`, with `HHMM` or `HHMMSS` behind it: by the clock of this computer, or by UTC with a `Z`. */
function localTime(text: string): Date | undefined {
  const shape = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(z|utc)?$/i.exec(text);
  if (shape === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = shape
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (hour > 23 || minute > 59 || second > 61) return undefined;
  const at =
    shape[7] === undefined
      ? new Date(year, month - 1, day, hour, minute, second)
      : new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return at.getTime() > 0 ? at : undefined;
}

/** What stands above a key's line, as the council writes it: `since`, `retired`, `stolen`. */
function remarkOf(text: string): Remark | undefined {
  const words = text.split(/[ \t\r]+/).filter((word) => word !== "");
  let remark: Remark = NO_REMARK;
  while (words.length > 0) {
    const word = words.shift();
    if (word === "stolen") {
      remark = { ...remark, stolen: true };
      continue;
    }
    const at = instantOf(words.shift() ?? "");
    if (at === undefined) return undefined;
    if (word === "retired") remark = { ...remark, retired: at };
    else if (word !== "since") return undefined;
  }
  return remark;
}

function instantOf(text: string): Date | undefined {
  const [, seconds, zone] = INSTANT.exec(text) ?? [];
  const at = new Date(`${seconds}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function fits(text: string, pattern: string): boolean {
  // Where the last star stood, and what it has taken: one step back is enough for patterns of this kind.
  let at = 0;
  let star = -1;
  let taken = 0;
  let mark = 0;
  while (at < text.length) {
    if (pattern[mark] === "*") {
      star = mark;
      taken = at;
      mark += 1;
    } else if (mark < pattern.length && (pattern[mark] === "?" || pattern[mark] === text[at])) {
      at += 1;
      mark += 1;
    } else if (star >= 0) {
      mark = star + 1;
      taken += 1;
      at = taken;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(mark));
}

const NO_REMARK: Remark = { retired: undefined, stolen: false };
const AUTHORITY = "cert-authority";
const OPTIONS = [AUTHORITY, "namespaces", "valid-after", "valid-before"];
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const KINDS = [
  "ssh-ed25519",
  "ssh-rsa",
  "ssh-dss",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];
/** Several times the longest key. */
const LONGEST_LINE = 16 * 1024;
/** Thousands of keys. */
const MOST_CHARACTERS = 1 << 20;
