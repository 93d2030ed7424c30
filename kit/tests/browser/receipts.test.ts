// Check a receipt: what the daemon signed holds, and what differs from it by one bit does not.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { TODAY } from "../corpus/table";
import { Council, type Receipt } from "../world/council";
import { listOf, pupils } from "../world/pupils";
import { button, give, turnTo } from "./acting";
import { Chromium, type Tab } from "./browser";
import { inTheBox, PACKAGED } from "./copies";

const SCHOOL = "8604001";

describe("a receipt in the page", () => {
  const text = listOf(pupils(30)).replace("02/09/2009", "31/02/2009");
  let chromium: Chromium;
  let council: Council;
  let receipt: Receipt;
  let tab: Tab;
  before(async () => {
    [chromium, council] = await Promise.all([Chromium.start(), Council.on(TODAY)]);
    await council.enrol(SCHOOL, (await council.keys(SCHOOL)).recipient);
    receipt = await council.send(SCHOOL, "leavers.csv", text);
    tab = await chromium.open(inTheBox(council, SCHOOL), TODAY);
  });
  after(async () => {
    await chromium.stop();
    council.gone();
  });

  test("holds as the daemon signed it, and is read to whoever asks", async () => {
    const words = await verdictOn(tab.page, receipt);
    assert.match(words, /The receipt holds/);
    assert.match(words, /21 November 2026/);
    assert.match(words, /leavers\.csv/);
    for (const { message, fix } of receipt.problems) {
      assert.ok(words.includes(message) && words.includes(fix), message);
    }
  });

  test("holds by signing keys that are dropped or pasted, where the page knows none", async () => {
    const other = await chromium.open(PACKAGED, TODAY);
    const use = await turnTo(other.page, "Check a receipt");
    const signers = Buffer.from(council.allowedSigners(SCHOOL));
    await give(use, ...filesOf(receipt), { name: "allowed_signers", bytes: signers });
    await use.getByRole("heading", { name: "The receipt holds" }).waitFor();
    await button(use, "Close and forget").click();
    await give(use, ...filesOf(receipt));
    await use.getByText("Paste the council’s signing keys").click();
    await use.getByLabel("The lines of allowed_signers").fill(signers.toString());
    await button(use, "Use these lines").click();
    await use.getByRole("heading", { name: "The receipt holds" }).waitFor();
    await other.close();
    assert.deepEqual(other.faults, []);
  });

  test("says whether a file is the one that it speaks of", async () => {
    const use = await turnTo(tab.page, "Check a receipt");
    const upload = { name: "leavers.csv", bytes: Buffer.from(text) };
    await give(use, ...filesOf(receipt), upload);
    await use.getByText("«leavers.csv» is the file that the council says it got").waitFor();
    const changed = { name: "leavers.csv", bytes: Buffer.from(`${text}\n`) };
    await give(use, changed);
    await use.getByText("«leavers.csv» is not the file that this receipt speaks of").waitFor();
  });

  test("does not hold with one bit flipped, wherever that is", async () => {
    const length = receipt.bytes.length;
    for (const at of [0, 1, 57, 300, length >> 1, length - 30, length - 1]) {
      const bytes = Buffer.from(receipt.bytes);
      bytes[at]! ^= 1;
      await doesNotHold(tab.page, { ...receipt, bytes }, `byte ${at}`);
    }
  });

  test("does not hold with a bit flipped in its signature", async () => {
    const letters = [...receipt.signature.toString().matchAll(/[A-Za-z0-9+/]/g)]
      .map(({ index }) => index)
      .filter((at) => at > 40 && at < receipt.signature.length - 40);
    for (const part of [0.02, 0.3, 0.5, 0.7, 0.97]) {
      const at = letters[Math.floor(part * letters.length)]!;
      const signature = Buffer.from(receipt.signature);
      signature[at] = signature[at] === 0x41 ? 0x42 : 0x41;
      await doesNotHold(tab.page, { ...receipt, signature }, `letter ${at}`);
    }
  });

  test("does not hold by the keys of another council", async () => {
    const another = await Council.on(TODAY);
    try {
      await another.enrol(SCHOOL, (await another.keys(SCHOOL)).recipient);
      await another.once();
      const use = await turnTo(tab.page, "Check a receipt");
      const signers = Buffer.from(another.allowedSigners(SCHOOL));
      await give(use, ...filesOf(receipt), { name: "allowed_signers", bytes: signers });
      await use.getByRole("heading", { name: "The receipt does not hold" }).waitFor();
    } finally {
      another.gone();
    }
  });

  test("is checked without a network, and forgotten", async () => {
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });
});

function filesOf({ name, bytes, signature }: Receipt) {
  return [
    { name, bytes },
    { name: `${name}.sig`, bytes: signature },
  ];
}

/** What the page says once it says something. */
async function verdictOn(page: Page, receipt: Receipt): Promise<string> {
  await page.reload();
  const use = await turnTo(page, "Check a receipt");
  await give(use, ...filesOf(receipt));
  // A file that is no receipt at all any more is spoken of by its name.
  const told = use.getByRole("heading", { level: 2 }).or(use.getByText(/^«[^»]+» is /));
  await told.first().waitFor();
  return use.innerText();
}

async function doesNotHold(page: Page, changed: Receipt, what: string): Promise<void> {
  const words = await verdictOn(page, changed);
  assert.ok(!words.includes("The receipt holds"), what);
  assert.match(words, /The receipt does not hold|«[^»]+» is /, what);
}
