// What the tests of the reading room share: bytes, tables and the reasons of refusals.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { delimitedTable } from "../../../src/reading/delimited";
import type { Table } from "../../../src/reading/table";
import { Unreadable } from "../../../src/reading/unreadable";

/** Each letter is the byte of its number. */
export function bytes(letters: string): Uint8Array {
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** The text as it is saved in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Why the reading is refused. */
export function why(reading: () => unknown): Unreadable {
  try {
    reading();
  } catch (refused) {
    if (refused instanceof Unreadable) return refused;
    throw refused;
  }
  return assert.fail("it was read");
}

/** The texts of a row's cells. */
export function cells(table: Table, row: number): readonly string[] {
  return (table.rows[row]?.cells ?? []).map((cell) => cell.text);
}

/** The table of a text. */
export function parsed(text: string): Table {
  return delimitedTable(text, false);
}

/** One of the contract's own vectors. */
export function vectors(name: "identifiers" | "domain_vectors"): Vectors {
  const path = join(process.env.KIT_ROOT!, "../tests/vectors", `${name}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as Vectors;
}

/** What a file of vectors holds, as far as the tests of this room read it. */
export interface Vectors {
  readonly [list: string]: unknown;
}

/** The items of one list of vectors; there are some. */
export function items<T>(from: Vectors, ...path: readonly string[]): readonly T[] {
  let found: unknown = from;
  for (const step of path) found = (found as Vectors)[step];
  const list = found as readonly T[];
  assert.ok(list.length > 0, path.join("/"));
  return list;
}
