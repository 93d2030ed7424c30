// What anybody may stumble over, whatever the page shows.

import type { Page } from "playwright-core";

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Axe {
  run(options: object): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly help: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }[];
  }>;
}

/** What axe has against the page as it stands; nothing, one hopes. */
export async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate((standards) => {
    const { axe } = globalThis as unknown as { readonly axe: Axe };
    return axe.run({ runOnly: standards, resultTypes: ["violations"] });
  }, STANDARDS);
  return found.violations.map(({ id, help, nodes }) => {
    const where = nodes.slice(0, 3).map(({ html, failureSummary }) => {
      return `${html.slice(0, 160)} (${(failureSummary ?? "").replace(/\s+/g, " ")})`;
    });
    return `${id}: ${help}: ${where.join("; ")}`;
  });
}

/** By how many pixels the page as a whole is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - clientWidth);
  });
}
