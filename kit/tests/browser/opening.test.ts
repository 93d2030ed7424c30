// Open a file: what the daemon released is shown and saved as stock age opens it, and of what does not
// verify to its end nothing is shown at all.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Day } from "../../src/domain/days";
import { contents } from "../../src/reading/contents";
import { TODAY } from "../corpus/table";
import { done } from "../daemon/program";
import { Council, type Keys } from "../world/council";
import { extractOf, listOf, pupils } from "../world/pupils";
import { button, fileAt, give, saved, shownRows, turnTo, type Handed } from "./acting";
import { Chromium, type Tab } from "./browser";
import { inTheBox } from "./copies";

const SCHOOL = "8604001";
const ROWS = 1000;

describe("a file of a thousand rows that the daemon released", () => {
  let chromium: Chromium;
  let council: Council;
  let keys: Keys;
  let sealedCsv = "";
  let sealedXlsx = "";
  let tab: Tab;

  before(async () => {
    [chromium, council] = await Promise.all([Chromium.start(), Council.on(TODAY)]);
    keys = await council.keys(SCHOOL);
    await council.enrol(SCHOOL, keys.recipient, ["csv", "xlsx"]);
    await council.send(SCHOOL, "leavers.csv", listOf(pupils(ROWS)));
    council.extract(extractOf(pupils(ROWS), SCHOOL, TODAY));
    [sealedCsv, sealedXlsx] = (await council.release(SCHOOL)) as [string, string];
    tab = await chromium.open(inTheBox(council, SCHOOL), TODAY);
  });
  after(async () => {
    await chromium.stop();
    council.gone();
  });

  test("is shown as stock age opens it, and saved byte for byte", async () => {
    const plain = await done("age", ["-d", "-i", keys.age, sealedCsv]);
    const use = await turnTo(tab.page, "Open a file");
    await give(use, fileAt(keys.age));
    const began = performance.now();
    await give(use, fileAt(sealedCsv));
    const rows = await shownRows(use, "Destinations of your pupils");
    const took = performance.now() - began;
    console.log(`a file of ${ROWS} rows was opened and shown in ${took.toFixed(0)} ms`);

    const all = await everyPage(tab, rows);
    assert.deepEqual(all, rowsOf("a.csv", plain).map(meant).map(british));
    const csv = await saved(tab.page, () => button(use, "Save as CSV").click());
    assert.equal(csv.name, `8604001_destinations_${TODAY}_R000001.csv`);
    assert.ok(plain.equals(csv.bytes), "the saved CSV is another than stock age's");
    const xlsx = await saved(tab.page, () => button(use, "Save for Excel (.xlsx)").click());
    assert.equal(xlsx.name, `8604001_destinations_${TODAY}_R000001.xlsx`);
    assert.deepEqual(rowsOf(xlsx.name, xlsx.bytes), rowsOf("a.csv", plain).map(meant));
    await button(use, "Close and forget").click();
    assert.equal(await use.getByRole("table").count(), 0);
  });

  test("is the same as a workbook", async () => {
    const plain = await done("age", ["-d", "-i", keys.age, sealedXlsx]);
    const use = await turnTo(tab.page, "Open a file");
    await give(use, fileAt(sealedXlsx), fileAt(keys.age));
    const rows = await shownRows(use, "Destinations of your pupils");
    assert.deepEqual(await everyPage(tab, rows), rowsOf("a.xlsx", plain).map(british));
    const xlsx = await saved(tab.page, () => button(use, "Save for Excel (.xlsx)").click());
    assert.ok(plain.equals(xlsx.bytes));
    const csv = await saved(tab.page, () => button(use, "Save as CSV").click());
    const stock = await done("age", ["-d", "-i", keys.age, sealedCsv]);
    assert.ok(stock.equals(csv.bytes), "a CSV made of the workbook is the daemon's own");
    await button(use, "Close and forget").click();
  });

  test("can be sorted and searched", async () => {
    const use = await turnTo(tab.page, "Open a file");
    await give(use, fileAt(sealedCsv), fileAt(keys.age));
    await use.getByRole("button", { name: "Date of birth" }).click();
    await use.getByRole("button", { name: "Date of birth" }).click();
    const [first] = await shownRows(use, "Destinations of your pupils");
    assert.equal(first?.[2], "26/08/2010");
    await use.getByLabel("Find in the table").fill("everildo employment");
    const found = await shownRows(use, "Destinations of your pupils");
    assert.ok(found.length > 0);
    for (const row of found) assert.deepEqual([row[0], row[3]], ["Everildo", "Employment"]);
    await button(use, "Close and forget").click();
  });

  test("shows no row to another key, nor where it was cut or changed anywhere", async () => {
    const other = await council.keys("somebody else");
    const whole = fileAt(sealedCsv);
    const broken: readonly (readonly [string, Handed, string])[] = [
      ["another key", whole, other.age],
      ["cut by a byte", { ...whole, bytes: whole.bytes.slice(0, -1) }, keys.age],
      [
        "cut at a chunk's end",
        { ...whole, bytes: whole.bytes.slice(0, chunkEnd(whole)) },
        keys.age,
      ],
      ["cut within the header", { ...whole, bytes: whole.bytes.slice(0, 60) }, keys.age],
      [
        "a byte more",
        { ...whole, bytes: Buffer.concat([whole.bytes, Buffer.from("x")]) },
        keys.age,
      ],
      ...[0, 40, 90, 200, 5_000, 70_000, whole.bytes.length - 1].map(
        (at) => [`byte ${at} flipped`, flipped(whole, at), keys.age] as const,
      ),
    ];
    const sentences = new Set<string>();
    for (const [what, file, key] of broken) {
      const use = await turnTo(tab.page, "Open a file");
      await give(use, file, fileAt(key));
      const told = use.getByRole("heading", { level: 2 }).or(button(use, /^Take it to/));
      await told.first().waitFor();
      const words = await use.innerText();
      assert.ok(!/Bramblesnap|Ambrosine|Nowhere Sixth/.test(words), `${what}: ${words}`);
      assert.equal(await use.getByRole("table").count(), 0, what);
      const opened = await use.getByText("opened with your key").count();
      assert.equal(opened, 0, what);
      sentences.add(words.split("The file does not open")[1]?.trim() ?? "");
      await tab.page.reload();
    }
    for (const sentence of sentences) console.log(`  ${sentence.replace(/\s+/g, " ")}`);
    assert.ok(sentences.size >= 3, "another key, a cut and a change are told apart");
  });

  test("asked no network and left nothing behind", async () => {
    await tab.close();
    assert.deepEqual(tab.faults, []);
  });
});

async function everyPage(tab: Tab, first: readonly string[][]): Promise<string[][]> {
  const rows = [...first];
  const next = tab.page.getByRole("button", { name: "Next page" });
  while (await next.isVisible()) {
    await next.click();
    const use = tab.page.getByRole("region", { name: "Open a file" });
    rows.push(...(await shownRows(use, "Destinations of your pupils")));
  }
  return rows;
}

/** The rows of a file as the kit's readers find them, without the header. */
function rowsOf(name: string, bytes: Uint8Array): string[][] {
  const held = contents(name, bytes);
  assert.equal(held.is, "rows");
  if (held.is !== "rows") return [];
  return held.table.rows.slice(1).map(({ cells }) => {
    return Array.from({ length: 7 }, (_, column) => cells[column]?.text ?? "");
  });
}

// A CSV has a mark before what a spreadsheet would run as a formula; a page and a workbook need none.
function meant(row: readonly string[]): string[] {
  return row.map((cell) => cell.replace(/^'(?=[=+\-@])/, ""));
}

function british(row: readonly string[]): string[] {
  return row.map((cell) => {
    const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(cell) as [Day, string, string, string] | null;
    return day === null ? cell : `${day[3]}/${day[2]}/${day[1]}`;
  });
}

/** Where the first chunk of 64 KiB ends. */
function chunkEnd({ bytes }: Handed): number {
  const text = Buffer.from(bytes).toString("latin1");
  const header = text.indexOf("\n", text.indexOf("\n---") + 1) + 1;
  return header + 16 + 65_536 + 16;
}

function flipped(file: Handed, at: number): Handed {
  const bytes = Uint8Array.from(file.bytes);
  bytes[at]! ^= 1;
  return { name: file.name, bytes };
}
