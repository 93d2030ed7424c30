import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../../src/checking";
import type { Day } from "../../../src/domain/days";
import { grouped, rowsToMend, summary } from "../../../src/pages/mending";

const HEADER = "Forename,Surname,Date of birth,Consent,Consent date\n";
const good = (name: string) => `${name},Madeup,01/09/2009,Yes,01/09/2026\n`;
const bad = (name: string) => `${name},Madeup,soon,Yes,01/09/2026\n`;

const checked = (rows: string, name = "list.csv") =>
  check(name, new TextEncoder().encode(HEADER + rows), "2026-11-21" as Day);

test("a list without fault is told as such", () => {
  const said = summary(checked(good("Ada")));
  assert.equal(said.tone, "good");
  assert.equal(said.sentence, "The council can take this file as it is");
});

test("one bad row among good ones is told as one row", () => {
  const said = summary(checked(good("Ada") + bad("Ben")));
  assert.equal(said.tone, "warn");
  assert.equal(said.sentence, "1 row needs mending");
  assert.match(said.detail, /This row would be left out/);
});

test("too many bad rows are told by their number, before anything else", () => {
  const said = summary(checked(good("Ada") + bad("Ben") + bad("Cleo") + bad("Dev")));
  assert.equal(said.tone, "bad");
  assert.equal(said.sentence, "3 rows need mending before the council can take this list");
});

test("a fault of the whole file is what is told, and not its rows", () => {
  const said = summary(check("list.pdf", new Uint8Array([1]), "2026-11-21" as Day));
  assert.equal(said.sentence, "The council would not take this file");
  assert.match(said.detail, /can't be read/);
});

test("alike goes with alike: errors before warnings, the file before its rows", () => {
  const twice = checked(good("Ada") + good("Ada") + bad("Ben") + bad("Cleo"));
  assert.deepEqual(
    grouped(twice.problems).map(({ code, problems }) => [code, problems.length]),
    [
      ["dob-not-a-date", 2],
      ["duplicate-merged", 1],
    ],
  );
  assert.equal(rowsToMend(twice.problems), 2);
  const refused = checked(bad("Ada") + bad("Ben") + bad("Cleo"));
  assert.deepEqual(
    grouped(refused.problems).map(({ code, problems }) => [code, problems.length]),
    [
      ["too-many-bad-rows", 1],
      ["dob-not-a-date", 3],
    ],
  );
});
