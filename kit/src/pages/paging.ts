// Long tables, a page at a time: a browser draws two hundred rows at once and twenty thousand in minutes.

import { button, element, show } from "./element";

/** Rows on one page. */
export const ROWS_A_PAGE = 200;

/** The part of a table that is shown. */
export interface PageOf {
  /** Counted from 0. */
  readonly page: number;
  readonly pages: number;
  readonly from: number;
  readonly to: number;
}

/** The page of this number, or the nearest that there is. */
export function pageOf(rows: number, page: number): PageOf {
  const pages = Math.max(1, Math.ceil(rows / ROWS_A_PAGE));
  const kept = Math.min(Math.max(0, page), pages - 1);
  return {
    page: kept,
    pages,
    from: kept * ROWS_A_PAGE,
    to: Math.min(rows, (kept + 1) * ROWS_A_PAGE),
  };
}

/** Where to turn the pages; empty where there is one only. */
export function turner(label: string, turn: (page: number) => void): Turner {
  const nav = element("nav", { class: "pages", "aria-label": label });
  return {
    element: nav,
    show: ({ page, pages, from, to }, rows) => {
      nav.hidden = pages === 1;
      if (pages === 1) return;
      show(
        nav,
        page > 0 ? button("Previous page", () => turn(page - 1), "second") : undefined,
        element(
          "p",
          {},
          `Rows ${told(from + 1)} to ${told(to)} of ${told(rows)}, page ${page + 1} of ${pages}`,
        ),
        page < pages - 1 ? button("Next page", () => turn(page + 1), "second") : undefined,
      );
    },
  };
}

/** Buttons that turn the pages. */
export interface Turner {
  readonly element: HTMLElement;
  show(at: PageOf, rows: number): void;
}

function told(count: number): string {
  return count.toLocaleString("en-GB");
}
