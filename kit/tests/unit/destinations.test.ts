import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, COLUMNS, destinations } from "../../src/destinations";
import { csv } from "../../src/writing/csv";
import { xlsx } from "../../src/writing/xlsx";

const ROWS = [
  ["Robin", "-Example", "2010-03-01", "Apprenticeship", "Vale Motors", "2026-09-07", "2026-11-02"],
  ["Zoë", "O'Madeup", "2009-12-31", "Not known", "", "", ""],
];

const asText = (text: string) => destinations(new TextEncoder().encode(text));

test("the rows of a CSV and of a workbook are the same", () => {
  for (const bytes of [
    csv([COLUMNS, ...ROWS]),
    xlsx({ name: "Destinations", header: COLUMNS, rows: ROWS }),
  ]) {
    const read = destinations(bytes);
    assert.ok(read.is === "rows");
    assert.deepEqual(read.rows.map(cellsOf), ROWS);
    assert.deepEqual(read.rows[1], {
      forename: "Zoë",
      surname: "O'Madeup",
      born: "2009-12-31",
      destination: "Not known",
      provider: "",
      started: undefined,
      confirmed: undefined,
    });
  }
});

test("a sheet of nobody has no rows", () => {
  assert.deepEqual(destinations(csv([COLUMNS])), { is: "rows", rows: [] });
});

test("cells hold separators, quotation marks and line ends", () => {
  const provider = 'Bed, Bath "and"\r\nmore';
  const read = destinations(csv([COLUMNS, [...ROWS[0]!.slice(0, 4), provider, "", ""]]));
  assert.ok(read.is === "rows");
  assert.equal(read.rows[0]?.provider, provider);
});

test("what is no file of destinations is told in plain words", () => {
  const header = COLUMNS.join(",");
  for (const text of [
    "",
    "Forename,Surname\r\n",
    `${header},UPN\r\n`,
    "%PDF-1.7",
    `${header}\r\n"a`,
  ]) {
    const read = asText(text);
    assert.ok(read.is === "refused");
    assert.match(read.message, /not a file of destinations/);
  }
  assert.equal(destinations(new Uint8Array([0x50, 0x4b, 3, 4])).is, "refused");
  assert.equal(destinations(new Uint8Array([0xff, 0xfe, 0x46, 0])).is, "refused");
});

test("a row that is not whole shows none of the file", () => {
  const row = (change: Partial<Record<number, string>>) =>
    csv([COLUMNS, ROWS[0]!, ROWS[1]!.map((cell, at) => change[at] ?? cell)]);
  assert.equal(destinations(row({})).is, "rows");
  for (const change of [
    { 0: "" },
    { 1: "" },
    { 2: "31/12/2009" },
    { 2: "2009-02-30" },
    { 3: "" },
    { 5: "soon" },
  ]) {
    const read = destinations(row(change));
    assert.ok(read.is === "refused");
    assert.match(read.message, /^Row 3 /);
  }
});
