import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asciiLower,
  asciiUpper,
  firstCharacters,
  isLongerThan,
  lettersAndNumerals,
  linesOf,
  trimSpaces,
  utf8Length,
  wordsBetweenSpaces,
} from "../../../src/domain/letters";

test("what Unicode calls a space is trimmed, and nothing else", () => {
  assert.equal(trimSpaces("\u0085\u00a0\u3000\t a b\n"), "a b");
  assert.equal(trimSpaces("\ufeffa\u200b"), "\ufeffa\u200b");
  assert.equal(trimSpaces(" \n"), "");
  assert.deepEqual(wordsBetweenSpaces("\u0085a\u00a0b\ufeff c "), ["a", "b\ufeff", "c"]);
});

test("only letters of ASCII change their case as ASCII", () => {
  assert.equal(asciiLower("ÀKZ\u212a"), "Àkz\u212a");
  assert.equal(asciiUpper("àkzß"), "àKZß");
});

test("characters are counted whole", () => {
  assert.equal(firstCharacters("a😀b", 2), "a😀");
  assert.equal(firstCharacters("ab", 2), "ab");
  assert.ok(!isLongerThan("😀😀", 2));
  assert.ok(isLongerThan("😀😀a", 2));
  assert.equal(utf8Length("aë€😀"), 1 + 2 + 3 + 4);
});

test("letters and numerals of all scripts are kept", () => {
  assert.equal(lettersAndNumerals("D.O.B. (è٣½Ⅷ)_"), "DOBè٣½Ⅷ");
});

test("lines end as in Unix and as in Windows", () => {
  assert.deepEqual([...linesOf("a\r\nb\n\nc\r")], ["a", "b", "", "c\r"]);
  assert.deepEqual([...linesOf("\r\n")], [""]);
  assert.deepEqual([...linesOf("")], []);
});
