// A table to read: it sorts by any column and filters by any words. Rows come as text, and stay text.

import { written, type Day } from "../domain/days";
import { button, element, freshId, show } from "./element";
import { pageOf, turner } from "./paging";
import { counted } from "./telling";

/** Rows with their headers. */
export interface Rows {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Which column goes first, and in which direction. */
export interface Order {
  readonly column: number;
  readonly ascending: boolean;
}

/** A table with its filter, its sort buttons and its pages. */
export function readingTable(caption: string, table: Rows): HTMLElement {
  const [searchId, captionId] = [freshId("search"), freshId("caption")];
  const search = element("input", { type: "search", id: searchId, autocomplete: "off" });
  const told = element("p", { role: "status" });
  const heads = element("tr", {});
  const body = element("tbody", {});
  let order: Order | undefined;
  let page = 0;
  const turn = (to: number) => {
    page = to;
    draw();
    body.closest(".scroll")?.scrollIntoView();
  };
  const pages = turner("Pages of the table", turn);
  const draw = () => {
    const found = ordered(matching(table.rows, search.value), order);
    const at = pageOf(found.length, page);
    page = at.page;
    show(heads, ...headers(table.header, order, sortBy));
    show(body, ...found.slice(at.from, at.to).map((row) => bodyRow(table.header, row)));
    told.textContent =
      search.value.trim() === ""
        ? counted(table.rows.length, "row", "rows")
        : `${counted(found.length, "row", "rows")} of ${counted(table.rows.length, "row", "rows")} found`;
    pages.show(at, found.length);
  };
  const sortBy = (column: number) => {
    order = { column, ascending: order?.column !== column || !order.ascending };
    page = 0;
    draw();
    heads.querySelectorAll("button")[column]?.focus();
  };
  search.addEventListener("input", () => {
    page = 0;
    draw();
  });
  draw();
  return element(
    "div",
    {},
    element(
      "div",
      { class: "tools" },
      element(
        "div",
        { class: "field" },
        element("label", { for: searchId }, "Find in the table"),
        search,
      ),
      told,
    ),
    element(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": captionId },
      element(
        "table",
        { class: "cards", role: "table" },
        element("caption", { id: captionId }, caption),
        element("thead", { role: "rowgroup" }, heads),
        body,
      ),
    ),
    pages.element,
  );
}

/** The rows in which each of these words stands somewhere, whatever its capitals. */
export function matching(rows: Rows["rows"], words: string): Rows["rows"] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const text = row
      .map((cell) => `${cell} ${shownAs(cell)}`)
      .join("\n")
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** The rows in this order; blank cells come last, whichever the direction. */
export function ordered(rows: Rows["rows"], order: Order | undefined): Rows["rows"] {
  if (order === undefined) return rows;
  const { column, ascending } = order;
  return [...rows].sort((a, b) => {
    const [one, other] = [a[column] ?? "", b[column] ?? ""];
    if (one === "" || other === "") return Number(one === "") - Number(other === "");
    return (ascending ? 1 : -1) * ALPHABET.compare(one, other);
  });
}

/** A day as an English person writes it; anything else as it is. */
export function shownAs(cell: string): string {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(cell) ? written(cell as Day) : cell;
}

const ALPHABET = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" });

function headers(
  header: readonly string[],
  order: Order | undefined,
  sortBy: (column: number) => void,
): HTMLElement[] {
  return header.map((name, column) => {
    const isFirst = order?.column === column;
    const arrow = isFirst ? (order.ascending ? "▲" : "▼") : "";
    const sort = button(
      [name, element("span", { class: "arrow", "aria-hidden": "true" }, arrow)],
      () => sortBy(column),
    );
    sort.className = "sort";
    return element(
      "th",
      {
        scope: "col",
        role: "columnheader",
        "aria-sort": isFirst ? (order.ascending ? "ascending" : "descending") : "none",
      },
      sort,
    );
  });
}

function bodyRow(header: readonly string[], row: readonly string[]): HTMLElement {
  const cells = header.map((name, column) => {
    const text = shownAs(row[column] ?? "");
    return column === 0
      ? element("th", { scope: "row", role: "rowheader", "data-header": name }, text)
      : element("td", { role: "cell", "data-header": name }, text);
  });
  return element("tr", { role: "row" }, cells);
}
