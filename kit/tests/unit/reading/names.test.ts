import assert from "node:assert/strict";
import { test } from "node:test";
import { namePart, wholeName } from "../../../src/reading/names";

test("one comma or two words tell which is which", () => {
  for (const [text, forename, surname] of [
    ["Example, Robin", "Robin", "Example"],
    ["Robin Example", "Robin", "Example"],
    ["Robin\u00a0Example", "Robin", "Example"],
    ["De La Cruz, Mary Ann", "Mary Ann", "De La Cruz"],
  ] as const) {
    assert.deepEqual(wholeName(text), {
      forename: { is: "read", value: forename },
      surname: { is: "read", value: surname },
    });
  }
});

test("any other value is ambiguous", () => {
  const ambiguous = { is: "bad", code: "name-ambiguous" };
  for (const text of [
    "Robin",
    "Mary Ann Example",
    "Example, Robin, Jr",
    "Example,",
    ", Robin",
    "\u200b, Robin",
  ]) {
    assert.deepEqual(wholeName(text), { forename: ambiguous, surname: ambiguous }, text);
  }
  assert.deepEqual(wholeName(""), { forename: { is: "blank" }, surname: { is: "blank" } });
});

test("a name that lost letters is invalid", () => {
  for (const text of ["#N/A", "#REF!", "Zo?", "J0hn", "ZoÃ«"]) {
    assert.deepEqual(namePart(text), { is: "bad", code: "name-invalid" }, text);
  }
  assert.deepEqual(namePart('="Smith"'), { is: "read", value: "Smith" });
  assert.deepEqual(namePart(""), { is: "blank" });
});
