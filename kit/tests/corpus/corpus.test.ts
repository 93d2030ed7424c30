// Every file of the corpus, checked by the page's own code: the daemon's words, letter by letter.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { check } from "../../src/checking";
import type { Day } from "../../src/domain/days";
import { asTold, Desk, type Judgement } from "../daemon/judgement";
import { each } from "../daemon/parallel";
import { mustBeThere } from "../daemon/program";
import { entries, TODAY, toldOf, type Entry } from "./table";

/** The corpus never shrinks below this. */
const FEWEST = 350;

/** Where the page can't say what the daemon says, and why. */
const EXCEPTIONS: readonly { readonly why: string; readonly is: (entry: Entry) => boolean }[] = [
  {
    why: "an encrypted upload is opened by the council's key, which the page does not have",
    is: ({ name }) => name.endsWith(".age"),
  },
];

const excepted = (entry: Entry) => EXCEPTIONS.some(({ is }) => is(entry));
const all = entries();
const compared = all.filter((entry) => !excepted(entry));

describe("the corpus", () => {
  const desk = new Desk();
  let validated = new Map<string, Judgement>();

  before(async () => {
    mustBeThere();
    const told = await each(compared, (entry) => desk.validate(entry.name, entry.bytes, TODAY));
    validated = new Map(compared.map(({ path }, at) => [path, told[at]!]));
  });
  after(() => desk.clear());

  test("is as large as it was, and hardly any file is excepted", () => {
    assert.ok(all.length >= FEWEST, `only ${all.length} files`);
    assert.ok(all.length - compared.length < 10, `${all.length - compared.length} excepted`);
  });

  for (const entry of compared) {
    test(`the page says of ${entry.path} what the daemon says`, () => {
      const checked = check(entry.name, entry.bytes, TODAY as Day);
      assert.deepEqual(asTold(checked), validated.get(entry.path));
    });
  }

  for (const entry of compared.filter(({ standsAlone }) => standsAlone)) {
    test(`the page says of ${entry.path} what the contract says, when told the school`, () => {
      const checked = check(entry.name, entry.bytes, TODAY as Day, { laestab: entry.school });
      assert.deepEqual(toldOf(checked), entry.told);
    });
  }

  for (const entry of all.filter(excepted)) {
    test(`the page says of ${entry.path} that it can't look inside, or what its name shows`, () => {
      const { outcome, problems } = asTold(check(entry.name, entry.bytes, TODAY as Day));
      assert.notEqual(outcome, "accepted");
      assert.ok(problems.length > 0);
      for (const { message, fix } of problems) assert.ok(message !== "" && fix !== "");
    });
  }
});
