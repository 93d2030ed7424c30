// The container of old Office documents (MS-CFB), read far enough to know that its chains end and what
// document it holds.

import { Unreadable, type Content } from "../unreadable";
import { damaged } from "./guarded";
import { u16At, u32At, u64At } from "./little_endian";

/**
 * Why a file in this container is not read: it is under a password or a label, or another document than a
 * workbook; where it is a workbook after all, its name is wrong.
 */
export function refusedCompound(bytes: Uint8Array): Unreadable {
  const compound = Compound.open(bytes);
  const entries = compound?.entries();
  if (entries !== undefined) return refused(document(entries));
  return namesPackage(bytes)
    ? Unreadable.because("PasswordProtected")
    : Unreadable.itIs("Compound");
}

/** The stream that holds the workbook. */
export function workbookStream(bytes: Uint8Array): Uint8Array {
  const compound = Compound.open(bytes);
  const entries = compound?.entries();
  if (compound === undefined || entries === undefined) {
    throw namesPackage(bytes) ? Unreadable.because("PasswordProtected") : damaged();
  }
  const found = document(entries);
  if (found.is !== "workbook") throw refused(found);
  const stream = compound.content(found.entry, entries);
  if (stream === undefined) throw damaged();
  return stream;
}

/** What the container holds, by the streams and folders at its root. */
type Document =
  | { readonly is: "workbook"; readonly entry: Entry }
  | { readonly is: "under-password" | "labelled" }
  | { readonly is: "other"; readonly content: Content };

function refused(found: Document): Unreadable {
  switch (found.is) {
    case "labelled":
      return Unreadable.because("Labelled");
    case "under-password":
      return Unreadable.because("PasswordProtected");
    case "workbook":
      return Unreadable.itIs("Xls");
    case "other":
      return Unreadable.itIs(found.content);
  }
}

function document(entries: readonly Entry[]): Document {
  const named = (name: string) =>
    entries.find((entry) => entry.atRoot && lower(entry.name) === lower(name));
  if (entries.some(({ name }) => LABELS.has(name))) return { is: "labelled" };
  if (named("EncryptedPackage")) return { is: "under-password" };
  for (const [name, content] of OTHER_DOCUMENTS) if (named(name)) return { is: "other", content };
  const entry = named("Workbook") ?? named("Book");
  return entry ? { is: "workbook", entry } : { is: "other", content: "Compound" };
}

function lower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether bytes that are no whole container name the stream of an encrypted workbook. */
function namesPackage(bytes: Uint8Array): boolean {
  const name = [..."EncryptedPackage"].flatMap((letter) => [letter.charCodeAt(0), 0]);
  for (let at = bytes.indexOf(0x45); at >= 0; at = bytes.indexOf(0x45, at + 1)) {
    if (name.every((byte, offset) => bytes[at + offset] === byte)) return true;
  }
  return false;
}

interface Entry {
  readonly name: string;
  atRoot: boolean;
  readonly links: readonly number[];
  readonly child: number;
  readonly start: number;
  readonly size: number;
}

class Compound {
  private readonly fat: number[] = [];

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly sectorSize: number,
  ) {}

  static open(bytes: Uint8Array): Compound | undefined {
    const shift = u16At(bytes, 30);
    if ((shift !== 9 && shift !== 12) || u16At(bytes, 32) !== 6) return undefined;
    const compound = new Compound(bytes, 1 << shift);
    return compound.readTable() ? compound : undefined;
  }

  /** The entries of its folder, with those at the root marked. */
  entries(): readonly Entry[] | undefined {
    const start = u32At(this.bytes, 48);
    const directory = start === undefined ? undefined : this.stream(start);
    if (directory === undefined || directory.length < ENTRY_LENGTH) return undefined;
    const entries: Entry[] = [];
    for (let at = 0; at + ENTRY_LENGTH <= directory.length; at += ENTRY_LENGTH) {
      const entry = directory.subarray(at, at + ENTRY_LENGTH);
      entries.push(entryOf(entry, this.sectorSize === LARGE));
    }
    const open = [entries[0]?.child];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const entry = entries[id];
      if (entry === undefined || entry.atRoot) continue;
      entry.atRoot = true;
      open.push(...entry.links);
    }
    return entries;
  }

  /** What an entry's stream holds. */
  content(entry: Entry, entries: readonly Entry[]): Uint8Array | undefined {
    const stream = entry.size >= MINI_CUTOFF ? this.stream(entry.start) : this.mini(entry, entries);
    return stream && stream.length >= entry.size ? stream.slice(0, entry.size) : undefined;
  }

  private mini(entry: Entry, entries: readonly Entry[]): Uint8Array | undefined {
    const tableStart = u32At(this.bytes, 60);
    const whole = this.stream(entries[0]?.start ?? END_OF_CHAIN);
    const table = tableStart === undefined ? undefined : this.stream(tableStart);
    const sectors = table && chain(numbers(table), entry.start);
    if (whole === undefined || sectors === undefined) return undefined;
    const pieces = sectors.map((id) => whole.subarray(id * MINI_SECTOR, (id + 1) * MINI_SECTOR));
    return pieces.every((piece) => piece.length === MINI_SECTOR) ? joined(pieces) : undefined;
  }

  private readTable(): boolean {
    const { bytes } = this;
    if (bytes.length < 512) return false;
    const told = numbers(bytes.subarray(76, 512));
    let next = u32At(bytes, 68) ?? END_OF_CHAIN;
    for (let steps = 1; next < RESERVED; steps += 1) {
      const sector = this.sector(next);
      if (sector === undefined || steps > bytes.length / this.sectorSize) return false;
      for (const id of numbers(sector)) told.push(id);
      const last = told.pop();
      if (last === undefined) return false;
      next = last;
    }
    for (const id of told) {
      if (id >= RESERVED) continue;
      const sector = this.sector(id);
      if (sector === undefined || this.fat.length > bytes.length) return false;
      for (const entry of numbers(sector)) this.fat.push(entry);
    }
    return this.fat.length <= bytes.length;
  }

  private sector(id: number): Uint8Array | undefined {
    const start = (id + 1) * this.sectorSize;
    return start <= this.bytes.length
      ? this.bytes.subarray(start, start + this.sectorSize)
      : undefined;
  }

  private stream(start: number): Uint8Array | undefined {
    const sectors = chain(this.fat, start)?.map((id) => this.sector(id));
    const pieces = sectors?.filter((sector) => sector !== undefined);
    return pieces && pieces.length === sectors?.length ? joined(pieces) : undefined;
  }
}

function entryOf(bytes: Uint8Array, large: boolean): Entry {
  const name = new TextDecoder("utf-16le").decode(bytes.subarray(0, 64));
  const long = (at: number) => u32At(bytes, at) ?? 0;
  return {
    name: name.split("\0")[0] ?? "",
    atRoot: false,
    links: [long(68), long(72)],
    child: long(76),
    start: long(116),
    size: large ? (u64At(bytes, 120) ?? 0) : long(120),
  };
}

/** The sectors of a chain; nothing where it leaves the table or turns in a circle. */
function chain(table: readonly number[], start: number): readonly number[] | undefined {
  const ids: number[] = [];
  let next: number | undefined = start;
  while (next < RESERVED) {
    if (ids.length > table.length) return undefined;
    ids.push(next);
    next = table[next];
    if (next === undefined) return undefined;
  }
  return ids;
}

function numbers(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, at) => view.getUint32(at * 4, true));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** What Office calls the rights that come with a sensitivity label, in the two ways of keeping them. */
const LABELS = new Set(["DRMEncryptedTransform", "DRMEncryptedDataSpace", "\tDRMContent"]);

/** Streams that tell of another document than a workbook. */
const OTHER_DOCUMENTS = [
  ["WordDocument", "Word"],
  ["PowerPoint Document", "Presentation"],
  ["__properties_version1.0", "Mail"],
] as const;

/** Ids from here on are marks, not sectors. */
const RESERVED = 0xffff_fffa;
const END_OF_CHAIN = 0xffff_fffe;

/** Bytes of a sector of the larger kind, of a small sector, and of an entry. */
const LARGE = 4_096;
const MINI_SECTOR = 64;
const ENTRY_LENGTH = 128;

/** Streams below this size lie in the small sectors. */
const MINI_CUTOFF = 4_096;
