// The shared strings of an old workbook (MS-XLS 2.4.265), across the records that they lie in. How long the
// table says that it is is not believed.

import { rules } from "../../rules";
import { damaged, needed } from "./guarded";
import { u16At, u32At } from "./little_endian";

/** Turns a string's bytes, one or two for each letter, into text. */
export type Decode = (bytes: Uint8Array, wide: boolean) => string;

/** A shared string, and the bytes that it takes wherever a cell refers to it. */
export interface SharedString {
  readonly text: string;
  readonly length: number;
}

/** The strings of a table and the records that continue it; without a way to decode them, their lengths. */
export function sharedStrings(blocks: readonly Uint8Array[], decode?: Decode): SharedString[] {
  const table = new Blocks(blocks, decode);
  const strings: SharedString[] = [];
  while (table.goesOn()) {
    if (strings.length >= rules.limits.max_strings) throw damaged();
    strings.push(table.string());
  }
  return strings;
}

/** A record and those that continue it. */
class Blocks {
  private here: Uint8Array;
  private at = 0;

  constructor(
    private readonly blocks: readonly Uint8Array[],
    private readonly decode: Decode | undefined,
  ) {
    const first = blocks[0] ?? new Uint8Array();
    if (first.length < COUNTS) throw damaged();
    this.here = first.subarray(COUNTS);
  }

  /** Whether another string stands here, or in the next block. */
  goesOn(): boolean {
    return this.here.length > 0 || this.next();
  }

  string(): SharedString {
    if (this.here.length === 0) return { text: "", length: 0 };
    const characters = needed(u16At(this.here, 0));
    const flags = needed(this.here[2]);
    this.pass(3);
    let behind = 0;
    if (flags & HAS_RUNS) {
      behind += needed(u16At(this.here, 0)) * 4;
      this.pass(2);
    }
    if (flags & HAS_PHONETICS) {
      behind += needed(u32At(this.here, 0));
      this.pass(4);
    }
    const string = this.characters(characters, (flags & WIDE) !== 0);
    this.skip(behind);
    return string;
  }

  /** So many letters. Each block tells anew how wide they are. */
  private characters(count: number, firstWide: boolean): SharedString {
    let [left, wide, text, length] = [count, firstWide, "", 0];
    for (;;) {
      const width = wide ? 2 : 1;
      const here = Math.min(left, Math.floor(this.here.length / width));
      if (this.decode) text += this.decode(this.here.subarray(0, here * width), wide);
      this.pass(here * width);
      length += here * (width + 1);
      left -= here;
      if (left === 0) return { text, length };
      if (!this.next()) throw damaged();
      wide = (needed(this.here[0]) & WIDE) !== 0;
      this.pass(1);
    }
  }

  private skip(count: number): void {
    for (let left = count; left > 0;) {
      if (this.here.length === 0 && !this.next()) throw damaged();
      const here = Math.min(left, this.here.length);
      this.pass(here);
      left -= here;
    }
  }

  private pass(bytes: number): void {
    this.here = this.here.subarray(bytes);
  }

  private next(): boolean {
    const next = this.blocks[this.at + 1];
    if (next === undefined) return false;
    this.at += 1;
    this.here = next;
    return true;
  }
}

/** Bytes of the two counts before the strings, which nobody believes. */
const COUNTS = 8;

/** Flags of a string: two bytes a letter; sounds, and formats, behind it. */
const WIDE = 1;
const HAS_PHONETICS = 4;
const HAS_RUNS = 8;
