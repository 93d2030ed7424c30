// What is told as it happens to those who can't see it happen, and the boxes in which results stand.

import { element, heading, type Child } from "./element";

/** How good the news is. */
export type Tone = "good" | "warn" | "bad" | "plain";

/** Tells this to a screen reader, without moving the focus. */
export function tell(sentence: string): void {
  const place = document.getElementById("told");
  if (place === null) return;
  // The same sentence twice in a row is told twice only where the text changes in between.
  place.textContent = "";
  setTimeout(() => {
    place.textContent = sentence;
  }, 60);
}

/** The first thing that a result says: a mark, a heading that takes the focus, and what belongs to it. */
export function verdict(tone: Tone, title: string, ...children: readonly Child[]): HTMLElement {
  return element(
    "div",
    { class: `verdict ${tone}` },
    element("span", { class: "mark" }, MARKS[tone]),
    heading(2, title),
    ...children,
  );
}

/** Something to know on the way. */
export function note(tone: Tone, ...children: readonly Child[]): HTMLElement {
  const words = tone === "warn" ? "! Important" : MARKS[tone];
  const mark = tone === "plain" ? undefined : element("p", { class: "mark" }, words);
  return element("div", { class: `note ${tone}` }, mark, ...children);
}

/** The heading of a verdict, to move the focus to. */
export function headingOf(box: HTMLElement): HTMLElement {
  return box.querySelector("h2") ?? box;
}

/** «1 row», «3 rows», «20,000 rows». */
export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}

/** «one», «one and two», «one, two and three». */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** A size as people say it. */
export function sized(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte", "bytes");
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

// Words, not signs alone: a sign says nothing to those who hear the page, and a colour less.
const MARKS: { readonly [tone in Tone]: string } = {
  good: "✓ Good",
  warn: "! Please check",
  bad: "✕ Problem",
  plain: "",
};
