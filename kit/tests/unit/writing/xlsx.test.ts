import assert from "node:assert/strict";
import { test } from "node:test";
import { xlsx as read } from "../../../src/reading/workbook";
import { xlsx } from "../../../src/writing/xlsx";
import { shown } from "../reading/workbook/made";

const sheet = (rows: readonly (readonly string[])[], name = "Pupils") => ({
  name,
  header: ["Forename", "Surname", "ULN"],
  rows,
});

test("every cell is text, and nothing in it is run, reshaped or lost", () => {
  const odd = ["=1+1", "-Example", "0009276308", "a\r\nb", "_x000D_", "<&>\"'", "\u0007é\u{1f600}"];
  const rows = odd.map((text) => [text, "", text]);
  const table = read(xlsx(sheet(rows)));
  assert.equal(table.sheet, "Pupils");
  assert.deepEqual(shown(table), [
    "1: text Forename | text Surname | text ULN",
    ...odd.map((text, at) => `${at + 2}: text ${text} |  | text ${text}`),
  ]);
});

test("the same sheet is the same bytes, wherever it is made", () => {
  const before = process.env.TZ;
  const made = ["Europe/London", "Pacific/Kiritimati"].map((zone) => {
    process.env.TZ = zone;
    return Buffer.from(xlsx(sheet([["Robin", "Example", ""]]))).toString("hex");
  });
  process.env.TZ = before ?? "";
  assert.ok(made[0] === made[1]);
});

test("a sheet's name is one that Excel takes", () => {
  const named = (name: string) => read(xlsx(sheet([], name))).sheet;
  assert.equal(named("Leavers: 2026/27 [all]"), "Leavers  2026 27  all");
  assert.equal(named("x".repeat(40)), "x".repeat(31));
  assert.equal(named("'"), "Sheet1");
  assert.equal(named('A & "B" <C>'), 'A & "B" <C>');
});

test("columns beyond the twenty-sixth have two letters", () => {
  const header = Array.from({ length: 60 }, (_, at) => `Column ${at}`);
  const table = read(xlsx({ name: "Wide", header, rows: [header] }));
  assert.deepEqual(
    table.rows[1]?.cells.map(({ text }) => text),
    header,
  );
});
