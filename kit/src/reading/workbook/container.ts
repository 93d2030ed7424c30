// A zip container before anyone opens its parts: how many there are, under which names, where they lie, and
// how large they really get. Sizes are counted, never believed; what they mean is for others.

import { rules } from "../../rules";
import { Unreadable } from "../unreadable";
import { LEFT_OPEN, directoryOf, type Directory, type Entry } from "./directory";
import { damaged, needed } from "./guarded";
import { lettersOf, type Letters } from "./letters";
import { standsAt, u16At, u32At } from "./little_endian";
import { DEFLATED, STORED, unpack, type Unpacked } from "./unpack";
import { Xml, type Piece } from "./xml";

/** How large a part may get. */
export interface Bounds {
  /**
   * What share of all that the container may unpack to: parts that are kept in memory while a sheet is read
   * may be a small one only.
   */
  readonly share: number;
  /** Bytes of one element or one text, which are in memory at a time. */
  readonly longest: number;
}

/** A container whose parts can be read one at a time, all of them together up to a limit. */
export class Container {
  private readonly entries: readonly Entry[];
  /** Where the part of each name is, the names in lower case and with slashes. */
  private readonly places = new Map<string, number>();
  private readonly read = new Map<number, { readonly letters: Letters; readonly part: Unpacked }>();
  private left = LARGEST;

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly directory: Directory,
  ) {
    this.entries = directory.entries;
    this.entries.forEach((entry, at) => this.places.set(plain(entry.name), at));
  }

  /** Reads the container's directory. */
  static open(bytes: Uint8Array): Container {
    if (hasTooManyParts(bytes)) throw Unreadable.because("UnpacksTooLarge");
    return new Container(bytes, needed(directoryOf(bytes)));
  }

  /** The names of its parts, in lower case and with slashes. */
  names(): readonly string[] {
    return [...this.places.keys()];
  }

  /** Where the part of this name is, whatever the case of its letters. */
  place(name: string): number | undefined {
    return this.places.get(plain(name));
  }

  /** How many parts it has. */
  get length(): number {
    return this.entries.length;
  }

  /** The first letters of a part; none where it has none that can be read. */
  said(name: string, most: number): string {
    const at = this.place(name);
    const entry = at === undefined ? undefined : this.entries[at];
    const packed = entry && this.packed(entry);
    // A part that breaks off has said what it said.
    return entry && packed ? new TextDecoder().decode(unpack(entry, packed, most, true).bytes) : "";
  }

  /**
   * Refuses names that two readers may take for different parts, parts that lie in one another, parts that
   * are described in two ways, and parts under a password.
   */
  refuseTraps(): void {
    const twice = this.directory.twice || this.places.size < this.entries.length;
    if (twice || !this.names().every(isInside)) throw Unreadable.because("OddlyBuilt");
    const parts = this.entries.map((entry) => {
      if (entry.flags & ENCRYPTED) throw Unreadable.because("PasswordProtected");
      if (entry.start > this.bytes.length) throw damaged();
      const length = lengthWithHeader(this.bytes, entry);
      if (length === undefined) throw Unreadable.because("OddlyBuilt");
      return { start: entry.start, end: entry.start + length };
    });
    parts.push({ start: this.directory.start, end: Infinity });
    parts.sort((one, other) => one.start - other.start || one.end - other.end);
    const within = parts.some((part, at) => part.end > (parts[at + 1]?.start ?? Infinity));
    if (within) throw Unreadable.because("OddlyBuilt");
  }

  /**
   * Reads a part of XML, and shows all that stands in it. XML that breaks off is for those who need it to
   * report.
   */
  walk(at: number, bounds: Bounds, see: (xml: Xml, piece: Piece) => void): void {
    const { letters, part } = this.unpacked(at, this.most(at, bounds.share));
    show(new Xml(letters, false), bounds.longest, see);
    this.count(part);
  }

  /** Reads a part that nobody will open. */
  drain(at: number): void {
    const entry = needed(this.entries[at]);
    this.count(unpack(entry, needed(this.packed(entry)), this.most(at, 1), false));
  }

  /** The XML of a part, if the container has the part. It was walked before. */
  xml(name: string, endsMatch: boolean): Xml | undefined {
    const at = this.place(name);
    return at === undefined ? undefined : new Xml(this.unpacked(at, LARGEST).letters, endsMatch);
  }

  private most(at: number, share: number): number {
    const { packed } = needed(this.entries[at]);
    const ratio = Math.max(packed * MOST_RATIO, FREE_OF_RATIO);
    return Math.min(this.left, Math.floor(LARGEST / share), ratio);
  }

  private unpacked(
    at: number,
    most: number,
  ): { readonly letters: Letters; readonly part: Unpacked } {
    const before = this.read.get(at);
    if (before !== undefined) {
      const overflows = before.part.length > most;
      const ended = overflows ? "overflowing" : before.part.ended;
      return { letters: before.letters, part: { ...before.part, ended } };
    }
    const entry = needed(this.entries[at]);
    const part = unpack(entry, needed(this.packed(entry)), most, true);
    const { text, cut } = lettersOf(part.bytes);
    const letters = { text, cut: cut || part.ended !== "whole" };
    // The bytes are not kept: the letters are all that anyone reads.
    const kept = { letters, part: { ...part, bytes: NONE } };
    this.read.set(at, kept);
    return kept;
  }

  private count(part: Unpacked): void {
    if (part.ended === "overflowing") throw Unreadable.because("UnpacksTooLarge");
    if (part.ended === "broken") throw damaged();
    this.left -= part.length;
  }

  /** The packed bytes of a part, where its header and its way of packing can be read. */
  private packed(entry: Entry): Uint8Array | undefined {
    const { start, packed, method, flags } = entry;
    const known = method === STORED || method === DEFLATED;
    if (!known || flags & ENCRYPTED || !standsAt(this.bytes, start, PART_MARK)) return undefined;
    const [name, extra] = [u16At(this.bytes, start + 26), u16At(this.bytes, start + 28)];
    if (name === undefined || extra === undefined) return undefined;
    const from = start + PART_HEADER + name + extra;
    return this.bytes.subarray(from, from + packed);
  }
}

function show(xml: Xml, longest: number, see: (xml: Xml, piece: Piece) => void): void {
  for (let depth = 0; ;) {
    const piece = xml.next();
    if (xml.end - xml.begin > longest) throw Unreadable.because("OddlyBuilt");
    if (piece === "over" || piece === "broken") return;
    if (piece === "start") depth += 1;
    if (piece === "end") depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) throw Unreadable.because("OddlyBuilt");
    see(xml, piece);
  }
}

function hasTooManyParts(bytes: Uint8Array): boolean {
  let parts = 0;
  for (let at = bytes.indexOf(0x50); at >= 0; at = bytes.indexOf(0x50, at + 1)) {
    if (bytes[at + 1] !== 0x4b || bytes[at + 2] !== 1 || bytes[at + 3] !== 2) continue;
    parts += 1;
    if (parts > MOST_PARTS) return true;
  }
  return false;
}

/** The bytes of the part and of the header before it; nothing where the header tells otherwise. */
function lengthWithHeader(bytes: Uint8Array, entry: Entry): number | undefined {
  const { start } = entry;
  const [nameLength, extraLength] = [u16At(bytes, start + 26), u16At(bytes, start + 28)];
  const [flags, method] = [u16At(bytes, start + 6), u16At(bytes, start + 8)];
  if (nameLength === undefined || extraLength === undefined) return undefined;
  if (flags === undefined || (method !== STORED && method !== DEFLATED)) return undefined;
  const toldLater = (flags & SIZES_BEHIND) !== 0;
  const agrees = (offset: number, size: number) => {
    const told = u32At(bytes, start + offset);
    return (toldLater && told === 0) || told === LEFT_OPEN || told === size;
  };
  const same =
    standsAt(bytes, start, PART_MARK) &&
    nameLength === entry.rawName.length &&
    entry.rawName.every((byte, at) => bytes[start + PART_HEADER + at] === byte) &&
    method === entry.method &&
    (flags & ENCRYPTED) === 0 &&
    agrees(18, entry.packed) &&
    agrees(22, entry.unpacked);
  return same ? PART_HEADER + nameLength + extraLength + entry.packed : undefined;
}

/** A name as all readers take it: some know no case, some write backslashes. */
function plain(name: string): string {
  return name.replaceAll("\\", "/").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether a name stays within the container. */
function isInside(name: string): boolean {
  const climbs = name.split("/").some((step) => step === "." || step === "..");
  return !climbs && !name.startsWith("/") && !name.includes("\0") && !name.includes(":");
}

const LARGEST = rules.limits.max_inflated;

const NONE = new Uint8Array();

/** Parts in one container. Also bounds what room the directory itself takes. */
const MOST_PARTS = 2_000;

/** How a part's header begins, and its bytes without the name. */
const PART_MARK = [0x50, 0x4b, 3, 4] as const;
const PART_HEADER = 30;

/** The flags of a part whose sizes stand behind it, and of one under a password. */
const SIZES_BEHIND = 1 << 3;
const ENCRYPTED = 1;

/** How many times its packed size a part may unpack to, once it is larger than what is free. */
const MOST_RATIO = 200;
const FREE_OF_RATIO = 1 << 20;

/** Elements within elements. */
const DEEPEST = 128;
