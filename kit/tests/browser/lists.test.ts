// Fill, mend and save a list: what the page saves is taken by the daemon, and answered as the page foretold.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TODAY } from "../corpus/table";
import { Council, type Receipt } from "../world/council";
import { british, listOf, pupils } from "../world/pupils";
import { button, give, saved, turnTo } from "./acting";
import { Chromium, type Tab } from "./browser";
import { inTheBox, PACKAGED } from "./copies";
import { shownList } from "./shown_list";

const SCHOOL = "8604001";

describe("a list from the page", () => {
  let chromium: Chromium;
  let council: Council;
  let copy = "";
  before(async () => {
    [chromium, council] = await Promise.all([Chromium.start(), Council.on(TODAY)]);
    for (const school of [SCHOOL, "8604002", "8604003", "8604004"]) {
      const { recipient } = await council.keys(school);
      await council.enrol(school, recipient);
    }
    copy = inTheBox(council, SCHOOL);
  });
  after(async () => {
    await chromium.stop();
    council.gone();
  });

  test("is filled from nothing, checked as it grows, and taken", async () => {
    const tab = await chromium.open(copy, TODAY);
    const use = await turnTo(tab.page, "Fill and check a list");
    await button(use, "Start an empty list").click();
    const people = pupils(3);
    for (const [at, { forename, surname, born }] of people.entries()) {
      const cells = { Forename: forename, Surname: surname, "Date of birth": british(born) };
      const answers = { Consent: "yes", "Consent date": "11/05/2026" };
      for (const [column, text] of Object.entries({ ...cells, ...answers })) {
        await use.getByRole("textbox", { name: `Row ${at + 2} ${column}`, exact: true }).fill(text);
      }
      await tab.page.keyboard.press("Tab");
    }
    await use.getByText("The council can take this file as it is").waitFor();
    const foretold = await shownList(use);
    assert.deepEqual(Object.values(foretold.counts), [3, 3, 0, 0, 0]);
    const clean = await saved(tab.page, () => button(use, "Save the clean list").click());
    const receipt = await council.send(SCHOOL, clean.name, clean.bytes);
    assert.equal(receipt.outcome, "accepted");
    assert.deepEqual(counted(receipt), [3, 3, 0, 0, 0]);
    assert.deepEqual(receipt.problems, []);
    await quiet(tab);
  });

  test("is mended in its table, and what is still wrong is told by page and receipt alike", async () => {
    const tab = await chromium.open(copy, TODAY);
    const use = await turnTo(tab.page, "Fill and check a list");
    const text = listOf(pupils(30))
      .replace("Barnabee,Bramblesnap,02/09/2009", "Barnabee,Bramblesnap,31/02/2009")
      .replace("Clementyne,Bramblesnap", "Clem3ntyne,Bramblesnap")
      .replace("Forename,", "Leavers of Nowhere\n\nForename,");
    await give(use, { name: "leavers.csv", bytes: Buffer.from(text) });
    await use.getByText("2 rows need mending").first().waitFor();
    const before = await shownList(use);
    assert.deepEqual(before.places, [
      "error dob-not-a-date 5 Date of birth",
      "error name-invalid 6 Forename",
    ]);

    await use.getByRole("link", { name: "Row 5, Date of birth" }).click();
    const cell = use.getByRole("textbox", { name: "Row 5 Date of birth", exact: true });
    assert.ok(await cell.evaluate((one) => one === document.activeElement));
    await cell.fill("02/09/2009");
    await tab.page.keyboard.press("Enter");
    await use.getByText("1 row needs mending").first().waitFor();

    const clean = await saved(tab.page, () => button(use, "Save the clean list").click());
    assert.equal(clean.name, "leavers.csv");
    assert.ok(Buffer.from(clean.bytes).toString().startsWith("\ufeffForename,Surname,"));
    const receipt = await council.send("8604002", clean.name, clean.bytes);
    assert.equal(receipt.outcome, "accepted-with-errors");
    const places = receipt.problems.map(({ row, code, column }) => `${row} ${code} ${column}`);
    // The clean list has no title rows, so that row 6 is its row 4.
    assert.deepEqual(places, ["4 name-invalid Forename"]);
    const shown = await shownList(use);
    assert.deepEqual(Object.values(shown.counts), counted(receipt));
    await quiet(tab);
  });

  test("is encrypted to the council's key that its box told, and taken", async () => {
    const tab = await chromium.open(copy, TODAY);
    const use = await turnTo(tab.page, "Fill and check a list");
    await give(use, { name: "withdraw two.csv", bytes: Buffer.from(listOf(pupils(2))) });
    const shown = await shownList(use);
    const sealed = await saved(tab.page, () =>
      button(use, "Encrypt it to the council and save").click(),
    );
    assert.equal(sealed.name, "withdraw two.csv.age");
    assert.ok(!Buffer.from(sealed.bytes).toString("latin1").includes("Bramblesnap"));
    const receipt = await council.send("8604003", sealed.name, sealed.bytes);
    assert.equal(receipt.kind, "withdrawal");
    assert.equal(receipt.outcome, "accepted");
    assert.deepEqual(counted(receipt), Object.values(shown.counts));
    await quiet(tab);
  });

  test("is encrypted to a key that somebody pastes, where the page knows none", async () => {
    const tab = await chromium.open(PACKAGED, TODAY);
    const use = await turnTo(tab.page, "Fill and check a list");
    await give(use, { name: "leavers.csv", bytes: Buffer.from(listOf(pupils(5))) });
    await button(use, "Encrypt it to the council and save").click();
    const line = use.getByLabel("The council’s public key");
    await line.fill("age1notakey");
    await button(use, "Encrypt to this key and save").click();
    await use.getByText(/Please mend/).waitFor();
    await line.fill(await council.intake());
    const sealed = await saved(tab.page, () => button(use, "Encrypt to this key and save").click());
    const receipt = await council.send("8604004", sealed.name, sealed.bytes);
    assert.equal(receipt.outcome, "accepted");
    assert.deepEqual(counted(receipt), [5, 5, 0, 0, 0]);
    await quiet(tab);
  });

  test("that names another school is not taken, and the page of a box knows it", async () => {
    const tab = await chromium.open(copy, TODAY);
    const use = await turnTo(tab.page, "Fill and check a list");
    const text = listOf(pupils(2))
      .replace("Consent date\n", "Consent date,LAESTAB\n")
      .replaceAll("2026\n", "2026,8604002\n");
    await give(use, { name: "leavers.csv", bytes: Buffer.from(text) });
    await use.getByText("[wrong-school]").first().waitFor();
    const receipt = await council.send(SCHOOL, "leavers.csv", text);
    assert.equal(receipt.problems[0]?.code, "wrong-school");
    assert.equal(await button(use, "Save the clean list").isVisible(), false);
    await quiet(tab);
  });
});

function counted({ counts }: Receipt): number[] {
  assert.ok(counts !== null);
  const { rows, consented, not_consented, withdrawn, rejected } = counts;
  return [rows, consented, not_consented, withdrawn, rejected];
}

async function quiet(tab: Tab): Promise<void> {
  await tab.close();
  assert.deepEqual(tab.faults, []);
}
