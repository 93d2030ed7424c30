// A file that is open: its rows in a table, how many went where, and the ways to save it.

import { COLUMNS, cellsOf, destinations } from "../destinations";
import { kindOf } from "../reading/kind";
import { tableOf } from "../reading/parse";
import { Unreadable } from "../reading/unreadable";
import { csv } from "../writing/csv";
import { xlsx } from "../writing/xlsx";
import { chart, tally } from "./chart";
import { button, element, paragraph } from "./element";
import { readingTable, type Rows } from "./reading-table";
import { save, stem } from "./saving";
import { counted, verdict } from "./telling";

/** What is shown of it. */
export interface OpenedView {
  readonly title: string;
  readonly verdict: HTMLElement;
  readonly saves: readonly HTMLElement[];
  readonly rows: HTMLElement | undefined;
}

/** The view of a file of this name. */
export function openedView(name: string, bytes: Uint8Array, wasSealed: boolean): OpenedView {
  const found = destinations(bytes);
  if (found.is === "rows") {
    const table = { header: COLUMNS, rows: found.rows.map(cellsOf) };
    const title = counted(table.rows.length, "pupil", "pupils");
    return {
      title,
      verdict: told(title, name, wasSealed),
      saves: saves(name, bytes, table),
      rows: ofDestinations(table),
    };
  }
  const table = otherTable(name, bytes);
  if (table === undefined) return unknown(name, bytes, `${found.message} ${found.fix}`);
  const title = counted(table.rows.length, "row", "rows");
  return {
    title,
    verdict: told(title, name, wasSealed),
    saves: saves(name, bytes, table),
    rows: readingTable(name, table),
  };
}

const DESTINATION = COLUMNS.indexOf("Destination type");

function ofDestinations(table: Rows): HTMLElement {
  const tallies = tally(table.rows.map((row) => row[DESTINATION] ?? ""));
  return element(
    "div",
    {},
    tallies.length === 0 ? undefined : chart("Where they went", "Destination type", tallies),
    element("h2", {}, "The pupils"),
    readingTable("Destinations of your pupils", table),
  );
}

/** The list of a notice, say. What claims to be destinations and is not as the council writes them is no such list. */
function otherTable(name: string, bytes: Uint8Array): Rows | undefined {
  const { format } = kindOf(name);
  if (format === undefined || /_destinations_/.test(name)) return undefined;
  try {
    const [header, ...rows] = tableOf(bytes, format).rows;
    if (header === undefined) return undefined;
    const texts = (row: typeof header) => row.cells.map(({ text }) => text);
    return { header: texts(header), rows: rows.map(texts) };
  } catch (why) {
    if (why instanceof Unreadable) return undefined;
    throw why;
  }
}

function unknown(name: string, bytes: Uint8Array, why: string): OpenedView {
  return {
    title: "The file is open",
    verdict: verdict(
      "warn",
      "The file is open, but the page can’t show it",
      paragraph(why),
      paragraph("It is as it was sealed. You can save it as it is."),
    ),
    saves: [button("Save the file", () => save(name, bytes))],
    rows: undefined,
  };
}

function told(title: string, name: string, wasSealed: boolean): HTMLElement {
  return verdict(
    "good",
    `The file is open: ${title}`,
    paragraph(element("span", { class: "line" }, name)),
    paragraph(
      wasSealed
        ? "The file opened with your key and is whole. Its receipt tells whether it is the council’s: drop both on «Check a receipt»."
        : "This file was open already, so nothing tells whether it was changed since.",
    ),
    paragraph(
      "It is for your school alone. Once you save it, it lies on this computer as plain text: delete it from Downloads when you are done.",
    ),
  );
}

function saves(name: string, bytes: Uint8Array, table: Rows): readonly HTMLElement[] {
  const isWorkbook = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const asCsv = () => {
    save(`${stem(name)}.csv`, isWorkbook ? csv([table.header, ...table.rows]) : bytes, "text/csv");
  };
  const asWorkbook = () => {
    const made = isWorkbook ? bytes : xlsx({ name: "Destinations", ...table });
    save(`${stem(name)}.xlsx`, made, WORKBOOK);
  };
  return [button("Save as CSV", asCsv), button("Save for Excel (.xlsx)", asWorkbook, "second")];
}

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
