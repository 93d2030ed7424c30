// Every file of the corpus, given to the page by hand and to the daemon through an inbox: the page shows the
// problems that the receipt names, at the same rows, in the same words.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Locator } from "playwright-core";
import { entries, TODAY, type Entry } from "../corpus/table";
import { Desk, type Judgement, type ToldProblem } from "../daemon/judgement";
import { each } from "../daemon/parallel";
import { Council } from "../world/council";
import { button, give, turnTo } from "./acting";
import { Chromium, type Tab } from "./browser";
import { PACKAGED } from "./copies";
import { shownList } from "./shown_list";

/** What the page does not take for a list: it offers to open such a file instead. */
const SEALED = (entry: Entry) => entry.name.endsWith(".age") || entry.path === "types/sealed.csv";

const everything = entries();
const all = everything.filter((entry) => !SEALED(entry));

describe("a list checked in the page", () => {
  const desk = new Desk();
  const validated = new Map<string, Judgement>();
  const received = new Map<string, Judgement>();
  let chromium: Chromium;
  let tab: Tab;

  before(async () => {
    chromium = await Chromium.start();
    tab = await chromium.open(PACKAGED, TODAY);
    const told = await each(all, ({ name, bytes }) => desk.validate(name, bytes, TODAY));
    all.forEach(({ path }, at) => validated.set(path, told[at]!));
    await receive(received);
  });
  after(async () => {
    await chromium.stop();
    desk.clear();
  });

  for (const entry of all) {
    test(`shows of ${entry.path} what the daemon answers`, async () => {
      const use = await turnTo(tab.page, "Fill and check a list");
      const close = button(use, "Close and forget this list");
      if (await close.isVisible()) await close.click();
      await give(use, entry);
      if (entry.namesAnother) await sayWhose(use, entry.school);
      const shown = await settled(use, entry);

      const answer = received.get(entry.path) ?? validated.get(entry.path)!;
      assert.deepEqual(shown.places, answer.problems.map(placeOf).sort());
      assert.deepEqual(shown.ofFile, wordsOf(answer.problems, null));
      if (shown.ofRows !== undefined) {
        assert.deepEqual(shown.ofRows, wordsOf(answer.problems, "rows"));
      }
      assert.deepEqual(Object.values(shown.counts), countsOf(answer));
      for (const note of validated.get(entry.path)!.notes) assert.ok(shown.verdict.includes(note));
      const good = shown.verdict.includes("Good");
      assert.equal(good, answer.outcome === "accepted", shown.verdict);
    });
  }

  for (const entry of everything.filter(SEALED)) {
    test(`is none where it is encrypted: ${entry.path} is offered to «Open a file»`, async () => {
      const use = await turnTo(tab.page, "Fill and check a list");
      const close = button(use, "Close and forget this list");
      if (await close.isVisible()) await close.click();
      await give(use, entry);
      await button(use, "Take it to «Open a file»").waitFor();
    });
  }

  test("leaves nothing behind, and asked nobody", async () => {
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });
});

/** What a real council answers to each file that stands alone. */
async function receive(received: Map<string, Judgement>): Promise<void> {
  const council = await Council.on(TODAY);
  try {
    const sent = all.filter(({ standsAlone }) => standsAlone);
    for (const { school, name, bytes } of sent) {
      council.enrolByFile(school);
      council.drop(school, name, bytes);
    }
    await council.once();
    for (const { path, school } of sent) {
      const [receipt, ...others] = council.receipts(school, "S");
      assert.ok(receipt !== undefined && others.length === 0, `${path}: one upload, one receipt`);
      received.set(path, receipt);
    }
    assert.ok(received.size > 300, `only ${received.size} receipts`);
  } finally {
    council.gone();
  }
}

async function sayWhose(use: Locator, school: string): Promise<void> {
  await use.getByText("Say which school’s list it is").click();
  await use.getByLabel("Your school’s number").fill(school);
  await button(use, "Check for this school").click();
  await use.getByText("[wrong-school]").first().waitFor();
}

/** What is shown once it is all there. */
async function settled(use: Locator, entry: Entry) {
  await use.getByText(`By its name, «${entry.name}» counts as`).waitFor();
  return shownList(use);
}

function placeOf({ severity, code, row, column }: ToldProblem): string {
  return `${severity} ${code} ${row ?? "file"} ${column ?? "-"}`;
}

function wordsOf(problems: readonly ToldProblem[], which: null | "rows"): string[] {
  return problems
    .filter(({ row }) => (row === null) === (which === null))
    .map(({ row, severity, message, fix }) => {
      return `${row === null ? "" : `${row} `}${severity} ${message} ${fix}`;
    })
    .sort();
}

/** Nothing is counted where nothing was read. */
function countsOf({ counts }: Judgement): number[] {
  if (!counts?.rows) return [];
  const { rows, consented, not_consented, withdrawn, rejected } = counts;
  return [rows, consented, not_consented, withdrawn, rejected];
}
