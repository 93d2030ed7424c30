import assert from "node:assert/strict";
import { test } from "node:test";
import { delimitedTable } from "../../../src/reading/delimited";
import { cells, parsed, why } from "./reading";

const refused = (text: string) => why(() => delimitedTable(text, false)).reason;

test("quotes hold separators, line breaks and doubled quotes", () => {
  const table = parsed(
    'Forename,Surname,DOB\r\n"Mary ""Ann""","Smith,\nJones",x\r\n"""",B,C\r\nB,C,D',
  );
  assert.deepEqual(cells(table, 1), ['Mary "Ann"', "Smith,\nJones", "x"]);
  assert.deepEqual(cells(table, 2), ['"', "B", "C"]);
  assert.deepEqual(cells(table, 3), ["B", "C", "D"]);
  assert.equal(table.rows[3]?.number, 4);
});

test("a quote within a cell is a letter like any other", () => {
  const table = parsed('Forename,Surname\nAn"n,"Smith" Jr\n');
  assert.deepEqual(cells(table, 1), ['An"n', "Smith Jr"]);
});

test("blank lines count and are dropped", () => {
  const table = parsed("Our pupils\n\nForename,Surname\n,,,\n \nA,B\n\n");
  assert.deepEqual(
    table.rows.map((row) => row.number),
    [1, 3, 6],
  );
});

test("the separator is the one under which the header reads", () => {
  for (const separator of [",", ";", "\t", "|"]) {
    const text = "Year 11, all; of them | so far\nForename#Surname#DOB\nA,B#C;D#E|F\n";
    const table = parsed(text.replaceAll("#", separator));
    assert.deepEqual(cells(table, 1), ["Forename", "Surname", "DOB"]);
  }
  assert.deepEqual(cells(parsed("x;y;z,a\n1;2;3\n"), 0), ["x", "y", "z,a"]);
  assert.deepEqual(cells(parsed("x;y,z\n"), 0), ["x;y", "z"]);
});

test("a separator that the first line declares is obeyed", () => {
  const declared = parsed("sep=;\r\nx,a;y\n1,2;3\n");
  assert.deepEqual(cells(declared, 0), ["x,a", "y"]);
  assert.equal(declared.rows[0]?.number, 1);
  assert.deepEqual(cells(parsed('"SEP=|"\nx,a|y\n'), 0), ["x,a", "y"]);
  assert.deepEqual(cells(parsed("sep=x\na,b\n"), 0), ["sep=x"]);
  assert.deepEqual(cells(parsed("sep=;\r"), 0), ["sep="]);
});

test("all line ends are read", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const table = parsed(["a,b", "c,d", ""].join(end));
    assert.equal(table.rows.length, 2);
    assert.deepEqual(cells(table, 1), ["c", "d"]);
  }
});

test("a quote that is never closed refuses the file", () => {
  assert.equal(refused('a,b\n"c,d\n'), "QuoteUnclosed");
  assert.equal(refused('a,b\n"c,d""\n'), "QuoteUnclosed");
});

test("a million columns and endless cells are refused", () => {
  const blank = ",".repeat(1_000_000);
  assert.equal(parsed(`a${blank}\n`).rows.length, 1);
  assert.equal(refused(`a${blank}z\n`), "TooManyColumns");
  assert.equal(refused("x".repeat(1 << 20)), "CellTooLong");
  assert.equal(refused(" ".repeat(8_001)), "CellTooLong");
  assert.equal(refused("ë".repeat(4_001)), "CellTooLong");
  assert.equal(refused(`"${'""'.repeat(8_001)}"`), "CellTooLong");
  assert.equal(cells(parsed(`${" ".repeat(7_999)}a`), 0)[0], "a");
  assert.equal(refused("a,b\n".repeat(20_001)), "TooManyRows");
  assert.equal(parsed(`a${"\n".repeat(1 << 20)}`).rows.length, 1);
});

test("a row tells how many cells the file gave it", () => {
  const table = parsed("Forename,Surname,,\nA,B\n");
  assert.deepEqual(
    table.rows.map((row) => row.width),
    [4, 2],
  );
});

test("a short record holds nothing of the longer one before it", () => {
  const table = parsed("a,b,c\nd\n,e\nf,g,h\n");
  assert.deepEqual(cells(table, 1), ["d"]);
  assert.deepEqual(cells(table, 2), ["", "e"]);
  assert.deepEqual(
    table.rows.map((row) => row.width),
    [3, 1, 2, 3],
  );
});
