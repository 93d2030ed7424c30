// Make a key: what the page saves is a key to every program that knows age, and the line that it shows
// opens nothing but locks everything.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { TODAY } from "../corpus/table";
import { done, ended } from "../daemon/program";
import { Council } from "../world/council";
import { extractOf, listOf, pupils } from "../world/pupils";
import { button, fileAt, give, saved, shownRows, turnTo, type Saved } from "./acting";
import { Chromium, type Tab } from "./browser";
import { inTheBox, PACKAGED } from "./copies";

const SCHOOL = "8604001";
const PASSPHRASE = "otter lantern velvet sixpence";

describe("a key made in the page", () => {
  let chromium: Chromium;
  let council: Council;
  before(async () => {
    [chromium, council] = await Promise.all([Chromium.start(), Council.on(TODAY)]);
  });
  after(async () => {
    await chromium.stop();
    council.gone();
  });

  for (const passphrase of [undefined, PASSPHRASE]) {
    const kind = passphrase === undefined ? "plain" : "locked";
    const school = passphrase === undefined ? SCHOOL : "8604002";

    test(`opens what the daemon released to it (${kind})`, async () => {
      const tab = await chromium.open(PACKAGED, TODAY);
      const { key, recipient } = await makeKey(tab, passphrase);
      assert.equal(key.name, `pillarbox-key-${TODAY}.txt`);

      const all = pupils(12);
      await council.enrol(school, recipient);
      await council.send(school, "leavers.csv", listOf(all));
      council.extract(extractOf(all, school, TODAY));
      const [sealed] = await council.release(school);
      const release = council.receipts(school, "R").at(-1) as unknown as {
        release: { recipients: string[] };
      };
      assert.deepEqual(release.release.recipients, [recipient]);

      const rows = await rowsOpened(tab, sealed!, key, passphrase);
      assert.equal(rows.length, all.length);
      assert.deepEqual(rows.map((row) => `${row[1]}, ${row[0]}`).sort(), namesOf(all));
      assert.deepEqual(tab.faults, []);
      await tab.close();
      assert.deepEqual(tab.faults, []);
    });
  }

  test("is what stock age takes for a key, and so is its line", async () => {
    const tab = await chromium.open(PACKAGED, TODAY);
    const { key, recipient } = await makeKey(tab, undefined);
    const told = (await done("age-keygen", ["-y", key.path])).toString().trim();
    assert.equal(told, recipient);
    const secret = council.outside("secret.txt");
    writeFileSync(secret, "a made-up secret");
    const sealed = await done("age", ["-r", recipient, secret]);
    writeFileSync(`${secret}.age`, sealed);
    const opened = await done("age", ["-d", "-i", key.path, `${secret}.age`]);
    assert.equal(opened.toString(), "a made-up secret");
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });

  test("under a passphrase is no key to whoever does not know it", async () => {
    const tab = await chromium.open(PACKAGED, TODAY);
    const { key } = await makeKey(tab, PASSPHRASE);
    assert.ok(!Buffer.from(key.bytes).toString("latin1").includes("AGE-SECRET-KEY"));
    const { code } = await ended("age-keygen", ["-y", key.path]);
    assert.notEqual(code, 0);
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });

  test("is another one each time", async () => {
    const tab = await chromium.open(PACKAGED, TODAY);
    const first = await makeKey(tab, undefined);
    await button(await turnTo(tab.page, "Make a key"), "Close and forget").click();
    const second = await makeKey(tab, undefined);
    assert.notEqual(first.recipient, second.recipient);
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });

  test("is not made under a passphrase that is short, or that was not typed twice", async () => {
    const tab = await chromium.open(inTheBox(council, SCHOOL), TODAY);
    const use = await turnTo(tab.page, "Make a key");
    await use.getByRole("checkbox", { name: "Lock the key with a passphrase" }).check();
    const [once, again] = [use.getByLabel("Passphrase", { exact: true }), use.getByLabel(/again/)];
    let downloads = 0;
    tab.page.on("download", () => (downloads += 1));
    for (const [first, second] of [
      ["short", "short"],
      [PASSPHRASE, `${PASSPHRASE}s`],
      ["", ""],
    ] as const) {
      await once.fill(first);
      await again.fill(second);
      await button(use, "Make the key and save it").click();
      await use
        .getByText(/Please mend/)
        .first()
        .waitFor();
    }
    assert.equal(downloads, 0);
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });
});

async function makeKey(
  tab: Tab,
  passphrase: string | undefined,
): Promise<{ key: Saved; recipient: string }> {
  const use = await turnTo(tab.page, "Make a key");
  if (passphrase !== undefined) {
    await use.getByRole("checkbox", { name: "Lock the key with a passphrase" }).check();
    await use.getByLabel("Passphrase", { exact: true }).fill(passphrase);
    await use.getByLabel("The same passphrase again").fill(passphrase);
  }
  const key = await saved(tab.page, () => button(use, "Make the key and save it").click());
  await button(use, /^I have the file/).click();
  const recipient = await use.getByText(/^age1[a-z0-9]{58}$/).innerText();
  return { key, recipient };
}

async function rowsOpened(
  tab: Tab,
  sealed: string,
  key: Saved,
  passphrase: string | undefined,
): Promise<string[][]> {
  const use = await turnTo(tab.page, "Open a file");
  await give(use, fileAt(sealed), key);
  if (passphrase !== undefined) {
    await use.getByLabel("Passphrase of your key").fill(passphrase);
    await button(use, "Unlock the key").click();
  }
  return shownRows(use, "Destinations of your pupils");
}

function namesOf(all: readonly { forename: string; surname: string }[]): string[] {
  return all.map(({ forename, surname }) => `${surname}, ${forename}`).sort();
}
