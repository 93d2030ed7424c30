// Whoever uses the page with a keyboard, a screen reader, large letters, a small screen or in the dark.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { entries, TODAY } from "../corpus/table";
import { Council, type Keys, type Receipt } from "../world/council";
import { extractOf, listOf, pupils } from "../world/pupils";
import { button, fileAt, give, saved, shownRows, turnTo, USES } from "./acting";
import { Chromium, type Sight, type Tab } from "./browser";
import { inTheBox, PACKAGED } from "./copies";
import { overflow, violations } from "./looks";

const SCHOOL = "8604001";

/** How the page may be seen; 320 pixels are what 400 % zoom leaves of 1280. */
const SIGHTS: readonly (readonly [string, Sight])[] = [
  ["light", {}],
  ["dark", { scheme: "dark" }],
  ["narrow", { width: 320, height: 640 }],
  ["at 200 %", { width: 640, height: 400 }],
];

describe("the page", () => {
  let chromium: Chromium;
  let council: Council;
  let keys: Keys;
  let sealed = "";
  let receipt: Receipt;
  let copy = "";

  before(async () => {
    [chromium, council] = await Promise.all([Chromium.start(), Council.on(TODAY)]);
    keys = await council.keys(SCHOOL);
    await council.enrol(SCHOOL, keys.recipient);
    receipt = await council.send(SCHOOL, "leavers.csv", mistaken());
    council.extract(extractOf(pupils(30), SCHOOL, TODAY));
    [sealed] = (await council.release(SCHOOL)) as [string];
    copy = inTheBox(council, SCHOOL);
  });
  after(async () => {
    await chromium.stop();
    council.gone();
  });

  for (const [name, sight] of SIGHTS) {
    test(`has nothing to stumble over, ${name}`, async () => {
      const found: string[] = [];
      for (const path of [copy, PACKAGED]) {
        const tab = await chromium.open(path, TODAY, sight);
        for (const [state, reach] of states()) {
          await tab.page.reload();
          await reach(tab);
          found.push(...(await violations(tab.page)).map((one) => `${state}: ${one}`));
          const wider = await overflow(tab.page);
          if (wider > 0) found.push(`${state}: scrolls sideways by ${wider} pixels`);
        }
        await tab.close();
        assert.deepEqual(tab.faults, []);
      }
      assert.deepEqual([...new Set(found)], []);
    });
  }

  test("can be used for all four things by the keyboard alone", async () => {
    const tab = await chromium.open(copy, TODAY);
    const { page } = tab;

    await follow(page, "Make a key");
    const key = await saved(page, () => press(page, button(page, "Make the key and save it")));
    assert.match(Buffer.from(key.bytes).toString(), /AGE-SECRET-KEY-1/);
    await press(page, button(page, /^I have the file/));
    await page.getByText(/^age1[a-z0-9]{58}$/).waitFor();

    await follow(page, "Fill and check a list");
    const list = { name: "leavers.csv", bytes: Buffer.from(mistaken()) };
    await choose(page, "Choose your list", [list]);
    await press(page, page.getByRole("link", { name: "Row 3, Date of birth" }));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("02/09/2009");
    await page.keyboard.press("Enter");
    await page.getByText("The council can take this file").first().waitFor();
    const clean = await saved(page, () => press(page, button(page, "Save the clean list")));
    assert.ok(Buffer.from(clean.bytes).toString().includes("02/09/2009"));

    await follow(page, "Open a file");
    await choose(page, "Choose the file and the key", [fileAt(sealed), fileAt(keys.age)]);
    const use = page.getByRole("region", { name: "Open a file" });
    await shownRows(use, "Destinations of your pupils");
    await press(page, use.getByRole("button", { name: "Surname" }));
    const csv = await saved(page, () => press(page, button(use, "Save as CSV")));
    assert.ok(csv.bytes.length > 1000);

    await follow(page, "Check a receipt");
    await choose(page, "Choose the files", [
      { name: receipt.name, bytes: receipt.bytes },
      { name: `${receipt.name}.sig`, bytes: receipt.signature },
    ]);
    await page.getByRole("heading", { name: "The receipt holds" }).waitFor();
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });

  test("stays where it is when a file misses its place", async () => {
    const tab = await chromium.open(copy, TODAY);
    const use = await turnTo(tab.page, "Fill and check a list");
    const text = mistaken();
    await tab.page.evaluate((content) => {
      const carried = new DataTransfer();
      carried.items.add(new File([content], "leavers.csv"));
      const told = { dataTransfer: carried, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new DragEvent("dragover", told));
      document.body.dispatchEvent(new DragEvent("drop", told));
    }, text);
    await use.getByText("1 row needs mending").first().waitFor();
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });

  /** What the page may show, and how to get there. */
  function states(): readonly (readonly [string, (tab: Tab) => Promise<unknown>])[] {
    const list = (bytes: Uint8Array, name = "leavers.csv") => {
      return async ({ page }: Tab) => {
        const use = await turnTo(page, "Fill and check a list");
        await give(use, { name, bytes });
        await use.getByText(/^By its name, «/).waitFor();
      };
    };
    const corpus = new Map(entries().map((entry) => [entry.path, entry]));
    const ofCorpus = (path: string) => list(corpus.get(path)!.bytes, corpus.get(path)!.name);
    return [
      ["the start", async () => undefined],
      ...USES.map((use) => [use, ({ page }: Tab) => turnTo(page, use)] as const),
      ["a passphrase refused", refusedPassphrase],
      ["a key made", keyMade],
      ["a list with mistakes", list(Buffer.from(mistaken()))],
      ["a list without any", list(Buffer.from(listOf(pupils(5))))],
      ["a refused list", ofCorpus("dates/month-first.csv")],
      ["no list at all", ofCorpus("types/scan.pdf")],
      ["warnings", ofCorpus("duplicates/same-row.csv")],
      ["an empty list", emptyList],
      ["an opened file", ({ page }) => opened(page, sealed, keys.age)],
      ["a locked key", lockedKey],
      ["a file that does not open", notOpened],
      ["a receipt", ({ page }) => checked(page, receipt.bytes)],
      ["a receipt that does not hold", ({ page }) => checked(page, flipped(receipt.bytes))],
      ["a file in the wrong place", wrongPlace],
    ];
  }

  async function opened(page: Page, file: string, key: string): Promise<void> {
    const use = await turnTo(page, "Open a file");
    await give(use, fileAt(file), fileAt(key));
    await use.getByRole("heading", { level: 2 }).first().waitFor();
  }

  async function notOpened({ page }: Tab): Promise<void> {
    await opened(page, sealed, (await council.keys("somebody else")).age);
  }

  async function checked(page: Page, bytes: Uint8Array): Promise<void> {
    const use = await turnTo(page, "Check a receipt");
    const signers = Buffer.from(council.allowedSigners(SCHOOL));
    const files = [
      { name: receipt.name, bytes },
      { name: "allowed_signers", bytes: signers },
    ];
    await give(use, ...files, { name: `${receipt.name}.sig`, bytes: receipt.signature });
    await use.getByRole("heading", { level: 2 }).first().waitFor();
  }

  async function wrongPlace({ page }: Tab): Promise<void> {
    const use = await turnTo(page, "Fill and check a list");
    await give(use, fileAt(sealed));
    await button(use, "Take it to «Open a file»").waitFor();
  }
});

/** A list with a row to mend. */
function mistaken(): string {
  return listOf(pupils(30)).replace("02/09/2009", "31/02/2009");
}

function flipped(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[changed.length - 40]! ^= 1;
  return changed;
}

async function refusedPassphrase({ page }: Tab): Promise<void> {
  const use = await turnTo(page, "Make a key");
  await use.getByRole("checkbox", { name: "Lock the key with a passphrase" }).check();
  await button(use, "Make the key and save it").click();
  await use
    .getByText(/Please mend/)
    .first()
    .waitFor();
}

async function keyMade({ page }: Tab): Promise<void> {
  const use = await turnTo(page, "Make a key");
  await saved(page, () => button(use, "Make the key and save it").click());
  await button(use, /^I have the file/).click();
}

async function emptyList({ page }: Tab): Promise<void> {
  const use = await turnTo(page, "Fill and check a list");
  await button(use, "Start an empty list").click();
}

async function lockedKey({ page }: Tab): Promise<void> {
  const use = await turnTo(page, "Open a file");
  const vector = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n";
  const locked = Buffer.from(
    `${vector}${"A".repeat(43)}\n--- ${"A".repeat(43)}\n${"x".repeat(90)}`,
  );
  const file = Buffer.from("age-encryption.org/v1\n-> X25519 AAAA\n");
  await give(use, { name: "key.txt", bytes: locked }, { name: "a.csv.age", bytes: file });
  await use.getByLabel("Passphrase of your key").waitFor();
}

/** Goes to a use by Tab and Enter. */
async function follow(page: Page, use: (typeof USES)[number]): Promise<void> {
  const uses = page.getByRole("navigation", { name: "What you can do here" });
  await press(page, uses.getByRole("link", { name: use, exact: true }));
  await page.getByRole("region", { name: use }).waitFor();
}

/** Tabs to what is wanted, and presses Enter: no mouse, and no shortcut that a person does not have. */
async function press(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
}

async function choose(
  page: Page,
  label: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const asked = page.waitForEvent("filechooser");
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.press("Space");
  const chooser = await asked;
  await chooser.setFiles(
    files.map(({ name, bytes }) => ({
      name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from(bytes),
    })),
  );
}

async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.first().waitFor({ state: "attached" });
  for (let tabs = 0; tabs < 400; tabs += 1) {
    if (await wanted.first().evaluate((one) => one === document.activeElement)) {
      assert.ok(await seen(page), `the focus on ${String(wanted)} can be seen`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`no way by Tab to ${String(wanted)}`);
}

/** Whether the focus shows: on the element, or on its label where the element itself is out of sight. */
function seen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement)) return false;
    const labels = at instanceof HTMLInputElement ? [...(at.labels ?? [])] : [];
    return [at, ...labels].some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
      return outlined || boxShadow !== "none";
    });
  });
}
