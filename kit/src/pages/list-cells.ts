// One row of the table in which a list is mended: its fields, and what is wrong with each, in words beside it.

import type { Problem } from "../domain/problem";
import { NOTHING, type Row } from "../reading/table";
import { element } from "./element";
import { typed } from "./sheet";

/** What is shown of one row. */
export interface Line {
  readonly number: number;
  readonly head: HTMLElement;
  readonly cells: readonly HTMLElement[];
}

/** A row of a table whose parts begin with these ids; `wrote` is told what a person wrote into which column. */
export function line(
  ids: string,
  row: Row,
  columns: readonly string[],
  wrote: (column: number, text: string) => void,
): Line {
  const { number } = row;
  const head = element(
    "th",
    { scope: "row", role: "rowheader", tabindex: -1 },
    element("span", { id: `${ids}-r${number}` }, `Row ${number}`),
  );
  const cells = columns.map((name, column) => {
    const input = field(ids, row, column, (text) => wrote(column, text));
    return element("td", { role: "cell", "data-header": name }, input);
  });
  return { number, head, cells };
}

/** Marks what is wrong with a row and its cells, and takes back what is no longer wrong. */
export function markLine(
  ids: string,
  { number, head, cells }: Line,
  problems: readonly Problem[],
  columnOf: (problem: Problem) => number,
): void {
  setFaults(
    head,
    problems.filter((problem) => columnOf(problem) < 0),
    `${ids}-f${number}`,
  );
  for (const [column, cell] of cells.entries()) {
    const ofCell = problems.filter((problem) => columnOf(problem) === column);
    const id = `${ids}-f${number}-${column}`;
    setFaults(cell, ofCell, id);
    const input = cell.querySelector("input");
    if (input === null) continue;
    setOrNot(input, "aria-describedby", ofCell.length > 0 ? id : undefined);
    const wrong = ofCell.some(({ severity }) => severity === "error");
    setOrNot(input, "aria-invalid", wrong ? "true" : undefined);
  }
}

function field(
  ids: string,
  row: Row,
  column: number,
  wrote: (text: string) => void,
): HTMLInputElement {
  const input = element("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    "aria-labelledby": `${ids}-r${row.number} ${ids}-c${column}`,
    "data-row": row.number,
    "data-column": column,
  });
  input.value = typed(row.cells[column] ?? NOTHING);
  let last = input.value;
  input.addEventListener("change", () => {
    if (input.value === last) return;
    last = input.value;
    wrote(last);
  });
  return input;
}

function setFaults(place: HTMLElement, problems: readonly Problem[], id: string): void {
  place.querySelector(".faults")?.remove();
  const isBad = problems.some(({ severity }) => severity === "error");
  place.classList.toggle("bad", isBad);
  place.classList.toggle("warn", problems.length > 0 && !isBad);
  if (problems.length === 0) return;
  const faults = problems.map(({ severity, message, fix }) =>
    element(
      "p",
      { class: `fault ${severity === "error" ? "bad" : "warn"}` },
      element("span", { class: "mark" }, severity === "error" ? "✕ Mend:" : "! Check:"),
      `${message} ${fix}`,
    ),
  );
  place.append(element("div", { class: "faults", id }, faults));
}

function setOrNot(input: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) input.removeAttribute(name);
  else input.setAttribute(name, value);
}
