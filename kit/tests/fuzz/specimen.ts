// A file to ask both of, and how it may shrink while they still differ.

/** One file, and the files a little smaller than it. */
export interface Specimen {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How it came to be, where its bytes do not show it. */
  readonly about?: string;
  /** Smaller files of the same making, the boldest cuts first. */
  smaller(): Iterable<Specimen>;
}

/** A file of bytes that may lose any stretch of them. */
export function ofBytes(name: string, bytes: Uint8Array): Specimen {
  return {
    name,
    bytes,
    *smaller() {
      for (const [from, to] of stretches(bytes.length)) {
        yield ofBytes(name, Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
      }
    },
  };
}

/** A file with something changed deep inside, which is as small as such a change can be. */
export function ofParts(name: string, bytes: Uint8Array, about: string): Specimen {
  return { name, bytes, about, smaller: () => [] };
}

/** Rows of cells, and how they become a file. */
export function ofGrid<Cell>(
  name: string,
  grid: readonly (readonly Cell[])[],
  file: (grid: readonly (readonly Cell[])[]) => Uint8Array,
): Specimen {
  const again = (smaller: readonly (readonly Cell[])[]) => ofGrid(name, smaller, file);
  return {
    name,
    bytes: file(grid),
    *smaller() {
      for (const [from, to] of stretches(grid.length)) {
        yield again([...grid.slice(0, from), ...grid.slice(to)]);
      }
      const width = Math.max(0, ...grid.map((row) => row.length));
      for (const [from, to] of stretches(width)) {
        yield again(grid.map((row) => [...row.slice(0, from), ...row.slice(to)]));
      }
      for (const [at, row] of grid.entries()) {
        for (const [place, cell] of row.entries()) {
          for (const shorter of shorterCells(cell)) {
            const changed = row.map((old, other) => (other === place ? shorter : old));
            yield again(grid.map((old, other) => (other === at ? changed : old)));
          }
        }
      }
    },
  };
}

/** The smallest file that is still found to differ, within so many questions. */
export async function smallest(
  specimen: Specimen,
  differs: (specimen: Specimen) => Promise<boolean>,
  questions = 400,
): Promise<Specimen> {
  let best = specimen;
  for (let asked = 0, shrunk = true; shrunk;) {
    shrunk = false;
    for (const smaller of best.smaller()) {
      if ((asked += 1) > questions) return best;
      if (await differs(smaller)) {
        best = smaller;
        shrunk = true;
        break;
      }
    }
  }
  return best;
}

function* stretches(length: number): Iterable<readonly [number, number]> {
  for (let size = length >> 1; size > 0; size >>= 1) {
    for (let from = 0; from < length; from += size) yield [from, Math.min(from + size, length)];
  }
}

function* shorterCells<Cell>(cell: Cell): Iterable<Cell> {
  if (typeof cell !== "string" || cell === "") return;
  yield "" as Cell & string;
  const letters = [...cell];
  for (const [from, to] of stretches(letters.length)) {
    if (to - from === letters.length) continue;
    yield [...letters.slice(0, from), ...letters.slice(to)].join("") as Cell & string;
  }
}
