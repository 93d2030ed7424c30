// What a person does with the page: follow a link, give it files, save what it offers. Everything is found
// by the role and the name that a screen reader tells.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Locator, Page } from "playwright-core";

/** A file as somebody gives it to the page. */
export interface Handed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file that the page had the browser save. */
export interface Saved extends Handed {
  readonly path: string;
}

/** The four uses, as the page names them. */
export const USES = [
  "Make a key",
  "Fill and check a list",
  "Open a file",
  "Check a receipt",
] as const;

export type UseName = (typeof USES)[number];

/** Turns to a use by its link, and gives its section. */
export async function turnTo(page: Page, use: UseName): Promise<Locator> {
  const uses = page.getByRole("navigation", { name: "What you can do here" });
  await uses.getByRole("link", { name: use, exact: true }).click();
  const shown = page.getByRole("region", { name: use });
  await shown.waitFor();
  return shown;
}

/** Gives files to the place for files in this part of the page. */
export async function give(within: Locator, ...files: readonly Handed[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kit-given-"));
  try {
    const paths = files.map(({ name, bytes }) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    });
    await within.locator('input[type="file"]').first().setInputFiles(paths);
  } finally {
    setTimeout(() => rmSync(folder, { recursive: true, force: true }), 5_000).unref();
  }
}

/** What the browser saves when this is done. */
export async function saved(page: Page, act: () => Promise<unknown>): Promise<Saved> {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  const path = await download.path();
  return { name: download.suggestedFilename(), path, bytes: await readFile(path) };
}

/** A button of this name. */
export function button(within: Page | Locator, name: string | RegExp): Locator {
  return within.getByRole("button", { name, exact: typeof name === "string" });
}

/** The file at this path, as somebody hands it over. */
export function fileAt(path: string): Handed {
  return { name: basename(path), bytes: readFileSync(path) };
}

/** The rows that the table of this name shows, cell by cell. */
export async function shownRows(within: Locator, caption: string): Promise<string[][]> {
  const table = within.getByRole("table", { name: caption });
  await table.waitFor().catch(async (cause: unknown) => {
    throw new Error(`no table «${caption}»; the page shows: ${await within.innerText()}`, {
      cause,
    });
  });
  return table.evaluate((shown) =>
    [...shown.querySelectorAll("tbody tr")].map((row) =>
      [...row.querySelectorAll("td, th")].map((cell) => cell.textContent ?? ""),
    ),
  );
}
