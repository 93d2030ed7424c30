// The table in which a list is filled and mended: real text fields, so that keyboards and screen readers do
// what they always do. It marks what is wrong in words beside the cell; what is wrong is for others to say.

import type { Checked } from "../checking";
import type { Problem } from "../domain/problem";
import { shown } from "../reading/header";
import { cellAt, type Row } from "../reading/table";
import { button, element, focusOn, freshId, show } from "./element";
import { tickBox } from "./fields";
import { line, markLine, type Line } from "./list-cells";
import { pageOf, ROWS_A_PAGE, turner } from "./paging";
import { letterOf, type Sheet } from "./sheet";
import { counted, tell } from "./telling";

/** The table. */
export interface ListTable {
  readonly element: HTMLElement;
  /** Shows what was found, in place: whoever is typing stays where they are. */
  mark(checked: Checked): void;
  /** Goes to the cell of a problem, or to its row. */
  reveal(problem: Problem): void;
}

/** Makes the table; `changed` is called after each change. */
export function listTable(sheet: Sheet, checked: Checked, changed: () => void): ListTable {
  const table = new Editor(sheet, checked, changed);
  return {
    element: table.element,
    mark: (found) => table.mark(found),
    reveal: (problem) => table.reveal(problem),
  };
}

class Editor {
  readonly element: HTMLElement;
  private readonly heads = element("tr", { role: "row" });
  private readonly body = element("tbody", { role: "rowgroup" });
  private readonly told = element("p", { role: "status" });
  private readonly undone = element("div", { class: "row" });
  private readonly pages = turner("Pages of the list", (page) => this.turn(page));
  private readonly ids = freshId("list");
  private lines = new Map<number, Line>();
  private columns: readonly string[] = [];
  private headerNumber = 0;
  private problems = new Map<number, readonly Problem[]>();
  private onlyBad = false;
  /** The rows that the filter let through when it was last asked: a row that is mended stays in sight. */
  private listed: readonly Row[] = [];
  private page = 0;

  constructor(
    private readonly sheet: Sheet,
    checked: Checked,
    private readonly changed: () => void,
  ) {
    const captionId = `${this.ids}-caption`;
    const onlyBad = tickBox("Show only the rows to mend or check", (on) => this.filter(on));
    this.element = element(
      "div",
      {},
      element("div", { class: "tools" }, onlyBad, this.told),
      element(
        "div",
        { class: "scroll" },
        element(
          "table",
          { class: "cards edit", role: "table", "aria-labelledby": captionId },
          element("caption", { id: captionId, class: "unseen" }, "The list"),
          element("thead", { role: "rowgroup" }, this.heads),
          this.body,
        ),
      ),
      this.pages.element,
      this.undone,
      element(
        "div",
        { class: "row" },
        button("Add a row", () => this.add(), "second"),
      ),
    );
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("paste", (event) => this.paste(event));
    this.know(checked);
    this.redraw();
  }

  mark(checked: Checked): void {
    const before = `${this.headerNumber} ${this.columns.join("\n")}`;
    this.know(checked);
    if (before !== `${this.headerNumber} ${this.columns.join("\n")}`) this.redrawUnderHands();
    for (const shownLine of this.lines.values()) this.markLine(shownLine);
    this.count();
  }

  reveal(problem: Problem): void {
    if (problem.row === null) return;
    let at = this.listed.findIndex(({ number }) => number === problem.row);
    if (at < 0) {
      this.filter(false);
      at = this.listed.findIndex(({ number }) => number === problem.row);
    }
    if (at < 0) return;
    const page = Math.floor(at / ROWS_A_PAGE);
    if (page !== this.page) this.turn(page);
    const found = this.lines.get(problem.row);
    const input = found?.cells[this.columnOf(problem)]?.querySelector("input");
    const target = input ?? found?.head;
    if (target === undefined) return;
    focusOn(target);
    target.scrollIntoView({ block: "center", inline: "nearest" });
  }

  private know({ problems, read }: Checked): void {
    const header = read?.table.rows[read.header.at];
    this.headerNumber = header?.number ?? 0;
    const width = Math.max(this.sheet.width(), header?.cells.length ?? 0);
    this.columns = Array.from({ length: width }, (_, column) => {
      const name = cellAt(header ?? { number: 0, cells: [], width: 0 }, column).text;
      return name === "" ? `Column ${letterOf(column)}` : name;
    });
    const byRow = new Map<number, Problem[]>();
    for (const problem of problems) {
      if (problem.row === null) continue;
      const known = byRow.get(problem.row);
      if (known === undefined) byRow.set(problem.row, [problem]);
      else known.push(problem);
    }
    this.problems = byRow;
  }

  private filter(on: boolean): void {
    this.onlyBad = on;
    const tick = this.element.querySelector<HTMLInputElement>(".tick input");
    if (tick !== null) tick.checked = on;
    this.page = 0;
    this.redraw();
    tell(this.told.textContent ?? "");
  }

  private turn(page: number): void {
    this.page = page;
    this.redraw();
    this.element.scrollIntoView();
    const first = this.body.querySelector("input");
    if (first !== null) focusOn(first);
  }

  /** The columns became others while somebody types: they stay in their cell, or go to the first. */
  private redrawUnderHands(): void {
    const { activeElement } = document;
    const had = activeElement instanceof HTMLInputElement && this.body.contains(activeElement);
    const place = had ? { ...activeElement.dataset } : {};
    this.redraw();
    if (!had) return;
    const same = this.lines.get(Number(place["row"]))?.cells[Number(place["column"])];
    const input = (same ?? this.body).querySelector("input");
    if (input !== null) focusOn(input);
  }

  /** Everything anew: after the filter, the page or the columns changed. */
  private redraw(): void {
    const rows = this.sheet.all().filter(({ number }) => number > this.headerNumber);
    this.listed = this.onlyBad ? rows.filter(({ number }) => this.problems.has(number)) : rows;
    const at = pageOf(this.listed.length, this.page);
    this.page = at.page;
    show(
      this.heads,
      element("th", { scope: "col", role: "columnheader" }, "Row"),
      ...this.columns.map((name, column) =>
        element("th", { scope: "col", role: "columnheader", id: `${this.ids}-c${column}` }, name),
      ),
      element(
        "th",
        { scope: "col", role: "columnheader" },
        element("span", { class: "unseen" }, "Remove"),
      ),
    );
    this.lines = new Map();
    show(this.body, ...this.listed.slice(at.from, at.to).map((row) => this.draw(row)));
    this.pages.show(at, this.listed.length);
    this.count();
  }

  private draw(row: Row): HTMLElement {
    const { number } = row;
    const made = line(this.ids, row, this.columns, (column, text) => {
      this.sheet.write(number, column, text);
      this.changed();
    });
    this.lines.set(number, made);
    this.markLine(made);
    const remove = button("Remove", () => this.remove(number), "link");
    remove.setAttribute("aria-label", `Remove row ${number}`);
    return element(
      "tr",
      { role: "row" },
      made.head,
      made.cells,
      element("td", { role: "cell" }, remove),
    );
  }

  private markLine(marked: Line): void {
    const problems = this.problems.get(marked.number) ?? [];
    markLine(this.ids, marked, problems, (problem) => this.columnOf(problem));
  }

  private columnOf({ column }: Problem): number {
    if (column === null) return -1;
    return this.columns.findIndex((name) => name === column || shown(name) === column);
  }

  private count(): void {
    const all = this.sheet.all().filter(({ number }) => number > this.headerNumber).length;
    this.told.textContent = this.onlyBad
      ? `${counted(this.listed.length, "row", "rows")} of ${counted(all, "row", "rows")} shown`
      : `${counted(all, "row", "rows")}, ${counted(this.problems.size, "row", "rows")} to mend or check`;
  }

  private add(): void {
    const number = this.sheet.add();
    if (number === undefined) {
      tell("The council takes no more rows than these.");
      return;
    }
    this.onlyBad = false;
    this.filter(false);
    this.turn(Number.MAX_SAFE_INTEGER);
    const [first] = this.lines.get(number)?.cells ?? [];
    const input = first?.querySelector("input");
    if (input !== null && input !== undefined) focusOn(input);
  }

  private remove(number: number): void {
    const at = this.listed.findIndex((row) => row.number === number);
    const putBack = this.sheet.remove(number);
    if (putBack === undefined) return;
    this.redraw();
    const back = button(
      `Put row ${number} back`,
      () => {
        putBack();
        show(this.undone);
        this.redraw();
        this.changed();
        const head = this.lines.get(number)?.head;
        if (head !== undefined) focusOn(head);
      },
      "second",
    );
    show(this.undone, element("span", {}, `Row ${number} is removed.`), back);
    tell(`Row ${number} is removed.`);
    const next = this.listed[Math.min(at, this.listed.length - 1)];
    const head = next === undefined ? undefined : this.lines.get(next.number)?.head;
    focusOn(head ?? back);
    this.changed();
  }

  /** Up, down and Enter go from row to row within a column, as in a spreadsheet. */
  private key(event: KeyboardEvent): void {
    const from = event.target;
    if (!(from instanceof HTMLInputElement) || event.isComposing) return;
    const step = STEPS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const numbers = [...this.lines.keys()];
    const at = numbers.indexOf(Number(from.dataset.row));
    const to = numbers[at + (event.key === "Enter" && event.shiftKey ? -1 : step)];
    event.preventDefault();
    const cell = to === undefined ? undefined : this.lines.get(to)?.cells;
    const input = cell?.[Number(from.dataset.column)]?.querySelector("input");
    if (input === null || input === undefined) {
      // There is nowhere to go: what was typed is taken all the same.
      from.blur();
      from.focus();
      return;
    }
    input.focus();
    input.select();
  }

  /** Cells that were copied from a spreadsheet fill as many cells here. */
  private paste(event: ClipboardEvent): void {
    const into = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const block = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!(into instanceof HTMLInputElement) || !/[\t\n]/.test(block)) return;
    event.preventDefault();
    const [row, column] = [Number(into.dataset.row), Number(into.dataset.column)];
    const rows = this.sheet.all().filter(({ number }) => number >= row);
    let filled = 0;
    for (const [down, copied] of block.split("\n").entries()) {
      const number = rows[down]?.number ?? this.sheet.add();
      if (number === undefined) break;
      for (const [right, cell] of copied.split("\t").entries()) {
        if (column + right < Math.max(this.columns.length, 1)) {
          this.sheet.write(number, column + right, cell);
        }
      }
      filled += 1;
    }
    this.redraw();
    this.changed();
    tell(`${counted(filled, "row", "rows")} pasted.`);
    const again = this.lines.get(row)?.cells[column]?.querySelector("input");
    if (again !== null && again !== undefined) focusOn(again);
  }
}

const STEPS: { readonly [key: string]: number | undefined } = {
  ArrowUp: -1,
  ArrowDown: 1,
  Enter: 1,
};
