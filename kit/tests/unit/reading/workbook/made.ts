// Workbooks written by hand, and what a reader says of them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import type { Table } from "../../../../src/reading/table";
import { Unreadable } from "../../../../src/reading/unreadable";

/** The parts of a workbook with one sheet that has these rows. */
export function parts(rows: string): Record<string, string> {
  const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const relation = (ending: string, target: string) =>
    `<Relationships><Relationship Id="r0" Type="${kind}/${ending}" Target="${target}"/></Relationships>`;
  return {
    "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
    "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
    "xl/workbook.xml": '<workbook><sheets><sheet name="Pupils" r:id="r0"/></sheets></workbook>',
    "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
  };
}

/** A zip container of these parts. */
export function zipped(parts: Record<string, string | Uint8Array>, level: 0 | 6 = 0): Uint8Array {
  const bytes = Object.entries(parts).map(
    ([name, part]) => [name, typeof part === "string" ? strToU8(part) : part] as const,
  );
  return zipSync(Object.fromEntries(bytes), { level });
}

/** A workbook with one sheet that has these rows. */
export function byHand(rows: string): Uint8Array {
  return zipped(parts(rows));
}

/** A file of the project's own tests. */
export function kept(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(process.env.KIT_ROOT!, "../tests", path)));
}

/** The cells of a table, row by row, each as its kind and its text. */
export function shown(table: Table): readonly string[] {
  return table.rows.map(
    ({ number, cells }) =>
      `${number}: ${cells.map(({ kind, text }) => (text === "" ? "" : `${kind} ${text}`)).join(" | ")}`,
  );
}

/** Why a file is not read: the reason, and what it is instead or where it shows. */
export function why(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return [error.reason, error.content, error.row].filter((part) => part !== undefined).join(" ");
  }
  return "read";
}
