// A small chart: how many of what. It is a table first, so that those who can't see bars read the numbers.

import { drawn, element } from "./element";

/** How many there are of something. */
export interface Tally {
  readonly label: string;
  readonly count: number;
}

/** How often each value is there: the most frequent first. */
export function tally(values: readonly string[]): readonly Tally[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || a.label.localeCompare(b.label, "en-GB"));
}

/** The chart of these, at most as many as fit on a page; the rest are one bar. */
export function chart(caption: string, what: string, tallies: readonly Tally[]): HTMLElement {
  const shown = tallies.slice(0, MOST_BARS);
  const rest = tallies.slice(MOST_BARS).reduce((sum, each) => sum + each.count, 0);
  const bars = rest > 0 ? [...shown, { label: "All others", count: rest }] : shown;
  const total = tallies.reduce((sum, each) => sum + each.count, 0);
  return element(
    "div",
    { class: "chart" },
    element(
      "table",
      {},
      element("caption", {}, caption),
      element(
        "thead",
        {},
        element("tr", {}, [
          element("th", { scope: "col" }, what),
          element("th", { scope: "col", class: "number" }, "Pupils"),
          element("th", { scope: "col", class: "number" }, "Share"),
          element("td", { class: "bar" }),
        ]),
      ),
      element(
        "tbody",
        {},
        bars.map((each) => bar(each, total)),
      ),
    ),
  );
}

const MOST_BARS = 20;

function bar({ label, count }: Tally, total: number): HTMLElement {
  const width = (100 * count) / Math.max(1, total);
  const svg = drawn(
    "svg",
    {
      viewBox: "0 0 100 10",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      focusable: "false",
    },
    drawn("rect", { x: 0, y: 0, width, height: 10 }),
  );
  return element("tr", {}, [
    element("th", { scope: "row" }, label === "" ? "(blank)" : label),
    element("td", { class: "number" }, count.toLocaleString("en-GB")),
    element("td", { class: "number" }, `${Math.round((100 * count) / total)}%`),
    element("td", { class: "bar" }, svg),
  ]);
}
