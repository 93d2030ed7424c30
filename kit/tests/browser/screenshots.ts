// The pictures of docs/kit: each use as a school sees it, one in the dark, one on a small screen. All in them
// is made up.

import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { TODAY } from "../corpus/table";
import { Council } from "../world/council";
import { extractOf, listOf, pupils } from "../world/pupils";
import { button, fileAt, give, saved, shownRows, turnTo } from "./acting";
import { Chromium, type Sight } from "./browser";
import { inTheBox } from "./copies";

const SCHOOL = "8604001";
const FOLDER = join(process.env.KIT_ROOT!, "../docs/kit");
const LARGEST = 150_000;

const council = await Council.on(TODAY);
const chromium = await Chromium.start();
try {
  mkdirSync(FOLDER, { recursive: true });
  await takeAll();
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".png"))) {
    const { size } = statSync(join(FOLDER, name));
    console.log(`docs/kit/${name}: ${size} bytes`);
    if (size > LARGEST) throw new Error(`${name} is larger than ${LARGEST} bytes`);
  }
} finally {
  await chromium.stop();
  council.gone();
}

async function takeAll(): Promise<void> {
  const keys = await council.keys(SCHOOL);
  await council.enrol(SCHOOL, keys.recipient);
  const mistaken = listOf(pupils(12))
    .replace("02/09/2009", "31/02/2009")
    .replace("Everildo,Bramblesnap", "Everildo?,Bramblesnap");
  const receipt = await council.send(SCHOOL, "leavers.csv", mistaken);
  council.extract(extractOf(pupils(12), SCHOOL, TODAY));
  const [sealed] = (await council.release(SCHOOL)) as [string];

  const openFile = async (page: Page) => {
    const use = await turnTo(page, "Open a file");
    await give(use, fileAt(sealed), fileAt(keys.age));
    await shownRows(use, "Destinations of your pupils");
  };
  const checkList = async (page: Page) => {
    const use = await turnTo(page, "Fill and check a list");
    await give(use, { name: "leavers.csv", bytes: Buffer.from(mistaken) });
    await use.getByText("2 rows need mending").first().waitFor();
  };
  await take("start", {}, async () => undefined);
  await take("make-a-key", {}, async (page) => {
    const use = await turnTo(page, "Make a key");
    await saved(page, () => button(use, "Make the key and save it").click());
    await button(use, /^I have the file/).click();
  });
  await take("check-a-list", { height: 1020 }, checkList, "What to mend");
  await take("open-a-file", { height: 1300 }, openFile);
  await take("check-a-receipt", { height: 1300 }, async (page) => {
    const use = await turnTo(page, "Check a receipt");
    await give(
      use,
      { name: receipt.name, bytes: receipt.bytes },
      { name: `${receipt.name}.sig`, bytes: receipt.signature },
    );
    await use.getByRole("heading", { name: "The receipt holds" }).waitFor();
  });
  await take("open-a-file-dark", { scheme: "dark", height: 1300 }, openFile);
  await take("check-a-list-narrow", { width: 360, height: 1600 }, checkList);
}

async function take(
  name: string,
  sight: Sight,
  reach: (page: Page) => Promise<unknown>,
  from?: string,
): Promise<void> {
  const tab = await chromium.open(inTheBox(council, SCHOOL), TODAY, sight);
  await reach(tab.page);
  await tab.page.evaluate(() => scrollTo(0, 0));
  if (from !== undefined) {
    const heading = tab.page.getByRole("heading", { name: from });
    await heading.evaluate((one) => one.scrollIntoView());
  }
  await tab.page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await tab.close();
  if (tab.faults.length > 0) throw new Error(`${name}: ${tab.faults.join("; ")}`);
}
