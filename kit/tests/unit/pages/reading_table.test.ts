import assert from "node:assert/strict";
import { test } from "node:test";
import { tally } from "../../../src/pages/chart";
import { pageOf, ROWS_A_PAGE } from "../../../src/pages/paging";
import { matching, ordered, shownAs } from "../../../src/pages/reading-table";

const ROWS = [
  ["Ada", "Zed", "2010-08-31"],
  ["ben", "Öke", ""],
  ["Cleo", "Ash", "2009-01-02"],
];

test("rows are found by words anywhere, and by dates in either form", () => {
  assert.equal(matching(ROWS, "CLEO ash").length, 1);
  assert.equal(matching(ROWS, "31/08/2010").length, 1);
  assert.equal(matching(ROWS, "2010-08-31").length, 1);
  assert.equal(matching(ROWS, "  ").length, 3);
  assert.equal(matching(ROWS, "nobody").length, 0);
});

test("rows sort as people sort names, with blank cells last either way", () => {
  const first = (ascending: boolean, column: number) =>
    ordered(ROWS, { column, ascending }).map(([name]) => name);
  assert.deepEqual(first(true, 0), ["Ada", "ben", "Cleo"]);
  assert.deepEqual(first(true, 1), ["Cleo", "ben", "Ada"]);
  assert.deepEqual(first(true, 2), ["Cleo", "Ada", "ben"]);
  assert.deepEqual(first(false, 2), ["Ada", "Cleo", "ben"]);
});

test("a page that is not there is the nearest that is", () => {
  assert.deepEqual(pageOf(0, 3), { page: 0, pages: 1, from: 0, to: 0 });
  const last = pageOf(ROWS_A_PAGE + 1, 9);
  assert.deepEqual(last, { page: 1, pages: 2, from: ROWS_A_PAGE, to: ROWS_A_PAGE + 1 });
});

test("the most frequent is counted first, and equals in the order of letters", () => {
  assert.deepEqual(tally(["b", "a", "c", "c"]), [
    { label: "c", count: 2 },
    { label: "a", count: 1 },
    { label: "b", count: 1 },
  ]);
});

test("only a whole date is written as one", () => {
  assert.equal(shownAs("2010-08-31"), "31/08/2010");
  assert.equal(shownAs("2010-08-31x"), "2010-08-31x");
});
