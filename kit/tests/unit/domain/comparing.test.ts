import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folding, inOrder, k1, k2 } from "../../../src/domain/comparing";

interface NamePair {
  readonly a: string;
  readonly b: string;
  readonly k1: readonly [string, string];
  readonly k2: readonly [string, string];
}

function namePairs(): readonly NamePair[] {
  const path = join(process.env.KIT_ROOT!, "../tests/vectors/domain_vectors.json");
  return (JSON.parse(readFileSync(path, "utf8")) as { name_pairs: NamePair[] }).name_pairs;
}

test("both forms of every name in the vectors are those of the daemon", () => {
  const pairs = namePairs();
  assert.ok(pairs.length >= 40);
  for (const { a, b, k1: strict, k2: letters } of pairs) {
    assert.deepEqual([k1(a), k1(b)], strict, `${a} ${b}`);
    assert.deepEqual([k2(a), k2(b)], letters, `${a} ${b}`);
  }
});

test("case is folded letter by letter, as Unicode does by default", () => {
  assert.equal(folding("STRASSE Straße ΣΟΦΟΣ σοφος"), "strasse strasse σοφοσ σοφοσ");
  assert.equal(folding("ŉ ſ µ"), "ʼn s μ");
});

test("a sign that turns into letters in capitals is folded again", () => {
  assert.equal(k2("Sian™"), "siantm");
});

test("the short way of plain letters agrees with the long one", () => {
  for (const name of [
    "O'Brien",
    "Smith - Jones",
    "  Mc  Donald ",
    "St. John",
    "DE LA CRUZ",
    "A`B",
  ]) {
    // A Cyrillic letter in front makes the way long; its own form is taken off again.
    assert.equal(k2(`ж${name}`).slice(1), k2(name));
  }
});

test("look-alikes of another alphabet stay different", () => {
  assert.notEqual(k2("Аnna"), k2("Anna"));
  assert.notEqual(k2("Ann"), k2("Anne"));
});

test("texts are ordered by their code points and not by halves of them", () => {
  const high = ["\u{1f600}", "\uffee", "b", "ab", "a", ""];
  assert.deepEqual([...high].sort(inOrder), ["", "a", "ab", "b", "\uffee", "\u{1f600}"]);
  assert.equal(inOrder("same", "same"), 0);
});
