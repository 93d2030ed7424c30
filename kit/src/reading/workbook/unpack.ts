// What comes out of one part of a container: counted as it comes, and stopped at its limit. Sizes that the
// container tells are never believed.

import { Inflate } from "fflate";
import { Crc32 } from "./crc32";
import type { Entry } from "./directory";

/** What came out of a part. */
export interface Unpacked {
  /** Its bytes, as far as they came; none where nobody wanted them. */
  readonly bytes: Uint8Array;
  readonly length: number;
  /** Whether it came out whole, was more than it may be, or broke off. */
  readonly ended: "whole" | "overflowing" | "broken";
}

/** Unpacks a part of these packed bytes, up to so many bytes. Keeps them only where they are wanted. */
export function unpack(entry: Entry, packed: Uint8Array, most: number, keep: boolean): Unpacked {
  const sink = new Sink(entry, most, keep);
  try {
    if (entry.method === STORED) sink.take(packed);
    else inflate(packed, sink);
  } catch {
    sink.broken = true;
  }
  return sink.done();
}

/** Takes the pieces of a part, and counts. */
class Sink {
  broken = false;
  private overflowing = false;
  private length = 0;
  private readonly pieces: Uint8Array[] = [];
  private readonly checksum = new Crc32();

  constructor(
    private readonly entry: Entry,
    private readonly most: number,
    private readonly keep: boolean,
  ) {}

  get isStopped(): boolean {
    return this.overflowing || this.broken;
  }

  take(piece: Uint8Array): void {
    if (this.isStopped) return;
    const taken = piece.subarray(0, Math.min(piece.length, this.most - this.length));
    if (this.length + taken.length > this.entry.unpacked) return this.stopUntold();
    if (taken.length < piece.length) this.overflowing = true;
    this.length += taken.length;
    this.checksum.take(taken);
    if (this.keep) this.pieces.push(taken);
  }

  /** More than was told is a break, and what came with it is not looked at. */
  private stopUntold(): void {
    this.broken = true;
    const whole = joined(this.pieces);
    const seen = this.entry.unpacked - (this.entry.unpacked % SEEN_AT_A_TIME);
    this.pieces.splice(0, this.pieces.length, whole.subarray(0, seen));
  }

  done(): Unpacked {
    const differs = this.checksum.sum !== this.entry.checksum;
    const broken = this.broken || (!this.overflowing && differs);
    return {
      bytes: joined(this.pieces),
      length: this.length,
      ended: broken ? "broken" : this.overflowing ? "overflowing" : "whole",
    };
  }
}

function inflate(packed: Uint8Array, sink: Sink): void {
  // A piece that comes after the part's own end is nobody's, so the last one is not told to be the last:
  // a part that breaks off is known by its checksum.
  const inflater = new Inflate((piece) => sink.take(piece));
  for (let at = 0; at < packed.length && !sink.isStopped; at += AT_A_TIME) {
    inflater.push(packed.subarray(at, at + AT_A_TIME), false);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** How a part is packed. */
export const STORED = 0;
export const DEFLATED = 8;

/** Bytes that the daemon looks at together. */
const SEEN_AT_A_TIME = 8_192;

/** Packed bytes that are unpacked at a time: whatever they are, they come to no more than 16 MiB. */
const AT_A_TIME = 16_384;
