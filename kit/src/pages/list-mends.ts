// What to mend and what to check, with links to the cells: the summary above the table of a list.

import type { Problem, Severity } from "../domain/problem";
import { button, element, paragraph, show } from "./element";
import { grouped, type Group } from "./mending";
import { counted } from "./telling";

/** The groups of one list; `reveal` goes to the cell, where there is a table. */
export function mends(
  problems: readonly Problem[],
  reveal: ((problem: Problem) => void) | undefined,
): readonly HTMLElement[] {
  const groups = grouped(problems);
  return TITLES.flatMap(([severity, title]) => {
    const ofWeight = groups.filter((group) => group.severity === severity);
    if (ofWeight.length === 0) return [];
    return [
      element("h2", {}, title),
      element(
        "ul",
        { class: "mends" },
        ofWeight.map((group) => mend(group, reveal)),
      ),
    ];
  });
}

const TITLES: readonly (readonly [Severity, string])[] = [
  ["error", "What to mend"],
  ["warning", "What to check"],
];

/** More links than anybody follows; the filter of the table shows the rest. */
const MOST_LINKS = 40;

function mend(group: Group, reveal: ((problem: Problem) => void) | undefined): HTMLElement {
  const ofRows = group.problems.filter(({ row }) => row !== null);
  const many = ofRows.length > 1 ? `${counted(ofRows.length, "place", "places")}: ` : "";
  return element(
    "li",
    {},
    element("p", {}, element("strong", {}, many, group.message)),
    paragraph(group.fix, " ", element("span", { class: "quiet small code" }, `[${group.code}]`)),
    ofRows.length > 0 ? places(ofRows, reveal) : columnOf(group),
  );
}

function columnOf({ problems }: Group): HTMLElement | undefined {
  const names = new Set(problems.map(({ column }) => column).filter((name) => name !== null));
  if (names.size === 0) return undefined;
  return paragraph(`Column ${[...names].map((name) => `«${name}»`).join(", ")}`);
}

function places(
  problems: readonly Problem[],
  reveal: ((problem: Problem) => void) | undefined,
): HTMLElement {
  const list = element("div", { class: "places" });
  const draw = (most: number) => {
    const shown = problems.slice(0, most).map((problem) => place(problem, reveal));
    const rest = problems.length - shown.length;
    const more =
      rest > 0
        ? button(
            `Show ${Math.min(rest, MORE).toLocaleString("en-GB")} more of ${rest.toLocaleString("en-GB")}`,
            () => draw(most + MORE),
            "link",
          )
        : undefined;
    const hadFocus = list.contains(document.activeElement);
    show(list, ...shown, more);
    if (hadFocus) list.querySelectorAll<HTMLElement>("a")[most - MORE]?.focus();
  };
  draw(MOST_LINKS);
  return list;
}

const MORE = 200;

function place(problem: Problem, reveal: ((problem: Problem) => void) | undefined): HTMLElement {
  const words =
    problem.column === null ? `Row ${problem.row}` : `Row ${problem.row}, ${problem.column}`;
  if (reveal === undefined) return element("span", {}, words);
  const link = element("a", { href: `#row-${problem.row}` }, words);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    reveal(problem);
  });
  return link;
}
