// The directory of a zip container: which parts it lists, where they are said to lie and how large they
// are said to be. Believes none of it; what contradicts itself is for the container to refuse.

import { standsAt, u16At, u32At, u64At } from "./little_endian";

/** What the directory tells of one part. */
export interface Entry {
  readonly name: string;
  readonly rawName: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly unpacked: number;
  /** Where the header before the part begins. */
  readonly start: number;
}

/** A container's directory. */
export interface Directory {
  /** The parts in the order of the directory; of several with one name, the last. */
  readonly entries: readonly Entry[];
  /** Two entries have one name. */
  readonly twice: boolean;
  /** Where the directory begins. */
  readonly start: number;
}

/** Reads a container's directory; nothing where it has none that holds together. */
export function directoryOf(bytes: Uint8Array): Directory | undefined {
  const last = bytes.length - END_LENGTH;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT - 4); at -= 1) {
    if (!standsAt(bytes, at, END_MARK)) continue;
    const end = endAt(bytes, at);
    const directory = end && entriesOf(bytes, end);
    if (directory !== undefined) return directory;
    // Other readers take the directory that ends where its own end stands, so none before it is looked for.
    if (end !== undefined && end.start + end.size === end.at) return undefined;
  }
  return undefined;
}

/** What the end of the directory tells of it. */
interface End {
  readonly at: number;
  readonly count: number;
  readonly size: number;
  readonly start: number;
  /** How far everything is shifted by what somebody put before the container. */
  readonly shift: number;
}

function endAt(bytes: Uint8Array, at: number): End | undefined {
  const word = (offset: number) => u16At(bytes, at + offset) ?? 0;
  const long = (offset: number) => u32At(bytes, at + offset) ?? 0;
  const [count, size, offset] = [word(10), long(12), long(16)];
  if (at + END_LENGTH + word(20) > bytes.length) return undefined;
  const mayBeLarge = count === 0xffff || size === LEFT_OPEN || offset === LEFT_OPEN;
  const locator = at - LOCATOR_LENGTH;
  if (mayBeLarge && locator >= 0 && standsAt(bytes, locator, LOCATOR_MARK)) {
    return largeEnd(bytes, locator);
  }
  if (word(4) !== 0 || word(6) !== 0 || word(8) !== count) return undefined;
  if (count === 0) {
    return offset > at ? undefined : { at, count, size, start: at, shift: at - offset };
  }
  if (offset >= at) return undefined;
  const start = firstEntry(bytes, at, size, offset);
  return start === undefined ? undefined : { at, count, size, start, shift: start - offset };
}

/** Where the first entry stands: before its own end, else the first one after the place that is told. */
function firstEntry(
  bytes: Uint8Array,
  end: number,
  size: number,
  offset: number,
): number | undefined {
  const abutting = end - size;
  if (abutting >= offset && standsAt(bytes, abutting, ENTRY_MARK)) return abutting;
  for (let at = bytes.indexOf(0x50, offset); at >= 0 && at + 4 <= end;) {
    if (standsAt(bytes, at, ENTRY_MARK)) return at;
    at = bytes.indexOf(0x50, at + 1);
  }
  return undefined;
}

/** The end of a container that was written as a very large one. */
function largeEnd(bytes: Uint8Array, locator: number): End | undefined {
  const told = u64At(bytes, locator + 8) ?? 0;
  if (told >= locator || (u32At(bytes, locator + 16) ?? 0) > 1) return undefined;
  for (let at = told; at + 56 <= locator; at += 1) {
    if (!standsAt(bytes, at, LARGE_END_MARK)) continue;
    const long = (offset: number) => u64At(bytes, at + offset) ?? 0;
    const [count, size, offset, shift] = [long(32), long(40), long(48), at - told];
    const whole = long(4) + 12 === locator - at && long(24) === count;
    if (whole && at >= count * ENTRY_LENGTH + offset) {
      return { at, count, size, start: offset + shift, shift };
    }
  }
  return undefined;
}

function entriesOf(bytes: Uint8Array, end: End): Directory | undefined {
  const entries = new Map<string, Entry>();
  let at = end.start;
  for (let count = 0; count < end.count; count += 1) {
    const read = entryAt(bytes, at, end.shift);
    if (read === undefined) return undefined;
    entries.set(rawKey(read.entry.rawName), read.entry);
    at = read.next;
  }
  return { entries: [...entries.values()], twice: entries.size < end.count, start: end.start };
}

function entryAt(
  bytes: Uint8Array,
  at: number,
  shift: number,
): { readonly entry: Entry; readonly next: number } | undefined {
  if (!standsAt(bytes, at, ENTRY_MARK) || at + ENTRY_LENGTH > bytes.length) return undefined;
  const word = (offset: number) => u16At(bytes, at + offset) ?? 0;
  const long = (offset: number) => u32At(bytes, at + offset) ?? 0;
  const nameEnd = at + ENTRY_LENGTH + word(28);
  const extraEnd = nameEnd + word(30);
  const next = extraEnd + word(32);
  if (next > bytes.length) return undefined;
  const rawName = bytes.subarray(at + ENTRY_LENGTH, nameEnd);
  const told = [long(24), long(20), long(42)];
  const sizes = whereLarge(bytes.subarray(nameEnd, extraEnd), told);
  if (sizes === undefined) return undefined;
  const [unpacked = 0, packed = 0, start = 0] = sizes;
  const about = { flags: word(8), method: word(10), checksum: long(16) };
  const entry = {
    ...about,
    name: nameOf(rawName),
    rawName,
    packed,
    unpacked,
    start: start + shift,
  };
  return { entry, next };
}

/** Numbers that had no room in the entry stand behind it, in their order. */
function whereLarge(extra: Uint8Array, told: readonly number[]): readonly number[] | undefined {
  if (!told.includes(LEFT_OPEN)) return told;
  for (let at = 0; at + 4 <= extra.length; at += 4 + (u16At(extra, at + 2) ?? 0)) {
    if (u16At(extra, at) !== LARGE_FIELD) continue;
    let from = at + 4;
    const sizes = told.map((size) => {
      if (size !== LEFT_OPEN) return size;
      from += 8;
      return u64At(extra, from - 8);
    });
    return sizes.every((size) => size !== undefined) ? sizes : undefined;
  }
  return told;
}

/** Names of old are in another encoding. No part that is looked for has such a name. */
function nameOf(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return rawKey(raw);
  }
}

function rawKey(raw: Uint8Array): string {
  return Array.from(raw, (byte) => String.fromCharCode(byte)).join("");
}

/** How an entry of the directory begins. */
export const ENTRY_MARK = [0x50, 0x4b, 1, 2] as const;

const END_MARK = [0x50, 0x4b, 5, 6] as const;
const LARGE_END_MARK = [0x50, 0x4b, 6, 6] as const;
const LOCATOR_MARK = [0x50, 0x4b, 6, 7] as const;

/** Bytes of an entry, of the end and of the locator, without what varies. */
const ENTRY_LENGTH = 46;
const END_LENGTH = 22;
const LOCATOR_LENGTH = 20;

const LONGEST_COMMENT = 0xffff;

/** A size that stands elsewhere. */
export const LEFT_OPEN = 0xffff_ffff;

/** The kind of field that holds sizes for which there was no room. */
const LARGE_FIELD = 1;
