import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTable } from "../../../src/checking";
import type { Day } from "../../../src/domain/days";
import { contents } from "../../../src/reading/contents";
import { letterOf, Sheet, typed } from "../../../src/pages/sheet";
import { rules } from "../../../src/rules";

const TODAY = "2026-11-21" as Day;

function sheetOf(csv: string): Sheet {
  const held = contents("list.csv", new TextEncoder().encode(csv));
  assert.ok(held.is === "rows");
  return Sheet.of(held.table);
}

function problemsOf(sheet: Sheet): readonly (readonly [number | null, string])[] {
  const { problems } = checkTable("list.csv", sheet.table(), TODAY);
  return problems.filter((p) => p.severity === "error").map((p) => [p.row, p.code]);
}

const LIST = `A title,,,,
Forename,Surname,Date of birth,Consent,Consent date
Ada,Madeup,01/09/2009,Yes,01/09/2026

Ben,Invented,31/02/2010,Yes,01/09/2026
`;

test("a list that nobody touched is the table that it was", () => {
  const sheet = sheetOf(LIST);
  const held = contents("list.csv", new TextEncoder().encode(LIST));
  assert.deepEqual(sheet.table(), held.is === "rows" ? held.table : undefined);
});

test("a mended cell mends its row, and rows keep the numbers of the file", () => {
  const sheet = sheetOf(LIST);
  assert.deepEqual(problemsOf(sheet), [[5, "dob-not-a-date"]]);
  sheet.write(5, 2, " 28/02/2010 ");
  assert.deepEqual(problemsOf(sheet), []);
});

test("a removed row can be put back where it was", () => {
  const sheet = sheetOf(LIST);
  const putBack = sheet.remove(5);
  assert.deepEqual(problemsOf(sheet), []);
  putBack?.();
  assert.deepEqual(problemsOf(sheet), [[5, "dob-not-a-date"]]);
  assert.equal(sheet.remove(99), undefined);
});

test("an empty list has the template's headers, and says that there are no pupils", () => {
  const sheet = Sheet.template(3);
  assert.deepEqual(
    sheet.all()[0]?.cells.map(({ text }) => text),
    rules.template.headers,
  );
  assert.deepEqual(problemsOf(sheet), [[null, "file-empty"]]);
  sheet.write(2, 0, "Ada");
  sheet.write(2, 1, "Madeup");
  sheet.write(2, 2, "01/09/2009");
  sheet.write(2, 5, "Yes");
  assert.deepEqual(problemsOf(sheet), []);
});

test("what is too much for the council is a problem of the file, and nothing breaks", () => {
  const sheet = sheetOf(LIST);
  sheet.write(5, 0, "x".repeat(rules.limits.max_cell_chars + 1));
  assert.deepEqual(problemsOf(sheet), [[null, "file-unreadable"]]);
});

test("columns without a name are called as a spreadsheet calls them", () => {
  assert.deepEqual([0, 25, 26, 27, 701, 702].map(letterOf), ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
});

test("a workbook's date is shown as an English person writes it", () => {
  assert.equal(typed({ kind: "date", text: "2010-08-31" }), "31/08/2010");
  assert.equal(typed({ kind: "text", text: "2010-08-31" }), "2010-08-31");
});
