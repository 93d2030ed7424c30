import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, TableBuilder } from "../../../src/reading/table";
import { why } from "./reading";

test("cells keep their place and rows their number", () => {
  const builder = new TableBuilder();
  builder.cell(2, "text", " c\u0085");
  builder.cell(0, "number", "1");
  builder.endRow(1, 5);
  builder.cell(0, "text", " \u200b\ufeff\u001a");
  builder.endRow(2, 1);
  builder.cell(1, "text", "x");
  builder.endRow(3, 0);
  const table = builder.delimited(false);
  assert.deepEqual(
    table.rows.map((row) => [row.number, row.width, row.cells.map((cell) => cell.text)]),
    [
      [1, 5, ["1", "", "c"]],
      [3, 2, ["", "x"]],
    ],
  );
  assert.equal(table.rows[0]?.cells[0]?.kind, "number");
  assert.equal(cellAt(table.rows[1]!, 9).text, "");
});

test("a table stops at its limits", () => {
  const builder = new TableBuilder();
  builder.cell(256, "text", "");
  assert.equal(why(() => builder.cell(256, "text", "x")).reason, "TooManyColumns");
  builder.cell(0, "text", "😀".repeat(2_000));
  assert.equal(why(() => builder.cell(0, "text", "😀".repeat(2_001))).reason, "CellTooLong");
  for (let row = 1; row <= 20_000; row += 1) {
    builder.cell(0, "text", "x");
    builder.endRow(row, 1);
  }
  builder.cell(0, "text", "x");
  assert.equal(why(() => builder.endRow(20_001, 1)).reason, "TooManyRows");
});

test("a table stops at the cells and the text of all its rows", () => {
  const wide = new TableBuilder();
  const fillWide = () => {
    for (let row = 1; row <= 20_000; row += 1) {
      wide.cell(255, "text", "x");
      wide.endRow(row, 256);
    }
  };
  assert.equal(why(fillWide).reason, "TooLarge");
  const long = new TableBuilder();
  const fillLong = () => {
    for (let row = 1; row <= 20_000; row += 1) {
      for (let column = 0; column < 3; column += 1) long.cell(column, "text", "ë".repeat(2_000));
      long.endRow(row, 3);
    }
  };
  assert.equal(why(fillLong).reason, "TooLarge");
});

test("a table without rows is an empty file", () => {
  assert.equal(why(() => new TableBuilder().delimited(false)).reason, "Empty");
});
