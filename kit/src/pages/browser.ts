// What the page needs of the browser, and what is told where it is not there.

import { element, heading, paragraph, show } from "./element";

/** What this browser lacks, in words; empty where all is there. */
export function lacking(): readonly string[] {
  const needs: readonly (readonly [string, boolean])[] = [
    ["safe random numbers (crypto.getRandomValues)", typeof crypto?.getRandomValues === "function"],
    ["cryptography (crypto.subtle)", typeof crypto?.subtle?.digest === "function"],
    ["time zones (Europe/London)", knowsLondon()],
    ["reading files (Blob.arrayBuffer)", typeof Blob.prototype.arrayBuffer === "function"],
  ];
  return needs.filter(([, there]) => !there).map(([need]) => need);
}

/** Says that the page can't be used in this browser, and why. */
export function refuse(main: HTMLElement, lacks: readonly string[]): void {
  const title = heading(1, "This browser can’t run the school kit");
  show(
    main,
    title,
    paragraph("It does not offer what the page needs to work safely:"),
    element(
      "ul",
      {},
      lacks.map((lack) => element("li", {}, lack)),
    ),
    paragraph(
      "Open this file in Edge, Chrome or Firefox from 2023 or later. If you opened it from a web address, save it on your computer and open it there.",
    ),
  );
}

function knowsLondon(): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London" }).format() !== "";
  } catch {
    return false;
  }
}
