import assert from "node:assert/strict";
import { test } from "node:test";
import { asGiven, csv } from "../../../src/writing/csv";

const written = (cell: string) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(csv([[cell, "x"]]));

test("a sheet begins with its mark and ends each row as Windows does", () => {
  const bytes = csv([["Forename"], ["Zoë"]]);
  assert.equal(
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
    "\ufeffForename\r\nZoë\r\n",
  );
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
});

test("cells are quoted as RFC 4180 says, and formulas neutralised as the council's service does", () => {
  for (const [cell, expected] of [
    ["O'Brien", "O'Brien"],
    ["Smith-Jones", "Smith-Jones"],
    ["-Smith", "'-Smith"],
    ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
    ["+44 Ltd", "'+44 Ltd"],
    ["@home", "'@home"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
    [" =1+1", '"\' =1+1"'],
    ["\u0085=1", "'\u0085=1"],
    ["＝1", "'＝1"],
    ['Bed, Bath "and" more', '"Bed, Bath ""and"" more"'],
    ["two\nlines", '"two\nlines"'],
    ["x ", '"x "'],
  ] as const) {
    assert.equal(written(cell), `\ufeff${expected},x\r\n`);
  }
});

test("what was neutralised is read as it was given", () => {
  for (const cell of ["-Smith", "=1+1", "O'Brien", " =1", "＠x", "\tx"]) {
    const [first = ""] = csv([[cell]]).subarray(3).length ? [written(cell)] : [];
    assert.ok(first.includes(cell));
    assert.equal(asGiven(/^[-=＠\t]|^ =/.test(cell) ? `'${cell}` : cell), cell);
  }
  assert.equal(asGiven("'Twas"), "'Twas");
});
