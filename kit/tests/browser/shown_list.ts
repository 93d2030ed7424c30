// What the page shows of a checked list, read off the page as a person reads it.

import type { Locator } from "playwright-core";

/** What stands on the page. */
export interface ShownList {
  /** The verdict's words, notes among them. */
  readonly verdict: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The sentence on what the file counts as. */
  readonly meaning: string;
  /** `severity code row column` of everything in the lists of what to mend and to check, sorted. */
  readonly places: readonly string[];
  /** What is said of the whole file: `severity message fix`, sorted. */
  readonly ofFile: readonly string[];
  /** What is said beside a row of the table: `row severity message fix`, sorted; nothing without a table. */
  readonly ofRows: readonly string[] | undefined;
}

/** Reads what is shown once the verdict is there; opens what is folded and turns all pages. */
export async function shownList(use: Locator): Promise<ShownList> {
  const more = use.getByRole("button", { name: /^Show [\d,]+ more of / });
  while ((await more.count()) > 0) await more.first().click();
  const read = await use.evaluate(readOff);
  const ofRows = [...read.ofRows];
  const next = use.getByRole("button", { name: "Next page" });
  while (await next.isVisible()) {
    await next.click();
    ofRows.push(...(await use.evaluate(readOff)).ofRows);
  }
  return {
    verdict: read.verdict,
    counts: read.counts,
    meaning: read.meaning,
    places: read.places.sort(),
    ofFile: read.ofFile.sort(),
    ofRows: read.hasTable ? ofRows.sort() : undefined,
  };
}

interface ReadOff {
  readonly verdict: string;
  readonly counts: Record<string, number>;
  readonly meaning: string;
  readonly places: string[];
  readonly ofFile: string[];
  readonly ofRows: string[];
  readonly hasTable: boolean;
}

// Runs within the page, so that it can use nothing from around it.
function readOff(use: Element): ReadOff {
  const visible = (one: Element) => one.getClientRects().length > 0;
  const heads = [...use.querySelectorAll("h2")].filter(visible);
  const words = (one: Element | null | undefined) => one?.textContent ?? "";
  const severities = new Map([
    ["What to mend", "error"],
    ["What to check", "warning"],
  ]);
  const places: string[] = [];
  const ofFile: string[] = [];
  for (const head of heads) {
    const severity = severities.get(words(head));
    if (severity === undefined) continue;
    for (const item of head.nextElementSibling?.children ?? []) {
      const [told, fix, ...rest] = [...item.children];
      const code = /\[([a-z-]+)\]$/.exec(words(fix))?.[1] ?? "?";
      const rows = rest
        .flatMap((place) => [...place.children])
        .map((place) => /^Row (\d+)(?:, ([^]*))?$/.exec(words(place)))
        .filter((found) => found !== null);
      for (const [, row, column] of rows) {
        places.push(`${severity} ${code} ${row} ${column ?? "-"}`);
      }
      if (rows.length > 0) continue;
      const column = /^Column «([^]*)»$/.exec(words(rest[0]))?.[1] ?? "-";
      places.push(`${severity} ${code} file ${column}`);
      ofFile.push(`${severity} ${words(told)} ${words(fix).replace(/ \[[a-z-]+\]$/, "")}`);
    }
  }
  const ofRows: string[] = [];
  for (const row of use.querySelectorAll("tbody tr")) {
    const number = /^Row (\d+)/.exec(words(row.querySelector("th")))?.[1];
    for (const fault of [...row.querySelectorAll("p")].filter(visible)) {
      const found = /^(✕ Mend:|! Check:)([^]*)$/.exec(words(fault));
      if (found === null) continue;
      const severity = found[1] === "✕ Mend:" ? "error" : "warning";
      ofRows.push(`${number} ${severity} ${found[2]}`);
    }
  }
  const counts: Record<string, number> = {};
  for (const line of use.querySelectorAll("dl > div")) {
    const count = Number(words(line.querySelector("dd")).replaceAll(",", ""));
    counts[words(line.querySelector("dt"))] = count;
  }
  const meaning = [...use.querySelectorAll("p")].find((one) =>
    words(one).startsWith("By its name"),
  );
  return {
    verdict: words(heads[0]?.parentElement),
    counts,
    meaning: words(meaning),
    places,
    ofFile,
    ofRows,
    hasTable: [...use.querySelectorAll("table")].some(visible),
  };
}
