import assert from "node:assert/strict";
import { test } from "node:test";
import { strengthOf, suggestion } from "../../../src/pages/strength";

test("signs and figures do not make a common word strong", () => {
  for (const weak of ["Password123!", "aaaaaaaaaaaaaaaa", "School2026!!", "qwertyqwerty", ""]) {
    assert.equal(strengthOf(weak), "weak", weak);
  }
});

test("the same word again adds nothing", () => {
  assert.equal(strengthOf("monday monday monday monday monday"), "weak");
});

test("four unrelated words are strong", () => {
  assert.equal(strengthOf("lantern gravel otter cushion"), "strong");
});

test("what the page suggests is strong, and never the same", () => {
  const suggested = Array.from({ length: 20 }, suggestion);
  assert.equal(new Set(suggested).size, 20);
  for (const each of suggested) assert.equal(strengthOf(each), "strong", each);
});
