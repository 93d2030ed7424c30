import assert from "node:assert/strict";
import { test } from "node:test";
import { harmless, stem } from "../../../src/pages/saving";

test("a saved file's name can't hide what it is", () => {
  assert.equal(harmless("list\u202ecsv.exe"), "list_csv.exe");
  assert.equal(harmless("../../x:y.csv"), "_/../x:y.csv".replace(/[/:]/g, "_"));
  assert.equal(harmless(""), "file");
});

test("a name loses its ending, and `.age` behind it", () => {
  assert.equal(stem("leavers 2026.xlsx"), "leavers 2026");
  assert.equal(stem("leavers.csv.age"), "leavers");
  assert.equal(stem("leavers"), "leavers");
});
