// From rows of cells to a workbook, with the kinds of cell that the kit's own writer never writes.

import { strToU8, zipSync } from "fflate";
import type { Dice } from "./dice";

/** How a workbook holds its cells. */
export interface Binding {
  readonly shared: boolean;
  readonly epoch1904: boolean;
  readonly hiddenRow: number;
  readonly dateFormat: string;
  /** Cells of this form are written as numbers, dates or truths instead of text. */
  readonly typed: boolean;
  readonly second: "none" | "empty" | "hidden" | "full";
  readonly places: boolean;
}

/** A plain one mostly. */
export function bindingOf(dice: Dice): Binding {
  return {
    shared: dice.chance(50),
    epoch1904: dice.chance(10),
    hiddenRow: dice.chance(8) ? dice.below(6) : -1,
    dateFormat: dice.one(["14", "22", "164", "165", "166", "46", "1", "49"]),
    typed: dice.chance(80),
    second: dice.one(["none", "none", "none", "none", "none", "empty", "hidden", "full"]),
    places: dice.chance(85),
  };
}

/** The bytes of a workbook with these cells. */
export function workbook(grid: readonly (readonly string[])[], binding: Binding): Uint8Array {
  const strings: string[] = [];
  const sheet = sheetOf(grid, binding, strings);
  const sheets = [sheet];
  if (binding.second === "full") sheets.push(sheetOf([["Something"], ["else"]], binding, strings));
  else if (binding.second !== "none") sheets.push(sheetOf([], binding, strings));
  const state = binding.second === "hidden" ? ' state="hidden"' : "";
  const listed = sheets.map((_, at) => {
    return `<sheet name="Sheet${at + 1}" sheetId="${at + 1}" r:id="rId${at + 1}"${at > 0 ? state : ""}/>`;
  });
  const related = sheets.map((_, at) =>
    relation(at + 1, "worksheet", `worksheets/sheet${at + 1}.xml`),
  );
  const parts: Record<string, string> = {
    "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="${PACKAGE}/relationships">${relation(1, "officeDocument", "xl/workbook.xml")}</Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr${binding.epoch1904 ? ' date1904="1"' : ""}/><sheets>${listed.join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${PACKAGE}/relationships">${related.join("")}${relation(8, "styles", "styles.xml")}${relation(9, "sharedStrings", "sharedStrings.xml")}</Relationships>`,
    "xl/styles.xml": styles(binding.dateFormat),
    "xl/sharedStrings.xml": `<sst xmlns="${MAIN}">${strings.map((one) => `<si><t xml:space="preserve">${escaped(one)}</t></si>`).join("")}</sst>`,
  };
  sheets.forEach((xml, at) => (parts[`xl/worksheets/sheet${at + 1}.xml`] = xml));
  const files = Object.entries(parts).map(([name, xml]) => [name, strToU8(HEAD + xml)] as const);
  return zipSync(Object.fromEntries(files), { mtime: new Date(1980, 1, 1) });
}

function sheetOf(
  grid: readonly (readonly string[])[],
  binding: Binding,
  strings: string[],
): string {
  const rows = grid.map((row, at) => {
    const cells = row.map((cell, column) => {
      const place = binding.places ? ` r="${columnName(column)}${at + 1}"` : "";
      return cellOf(cell, place, binding, strings);
    });
    const hidden = at === binding.hiddenRow ? ' hidden="1"' : "";
    return `<row${binding.places ? ` r="${at + 1}"` : ""}${hidden}>${cells.join("")}</row>`;
  });
  return `<worksheet xmlns="${MAIN}"><sheetData>${rows.join("")}</sheetData></worksheet>`;
}

function cellOf(cell: string, place: string, binding: Binding, strings: string[]): string {
  if (cell === "") return binding.places ? "" : "<c/>";
  if (binding.typed) {
    const date = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(cell);
    if (date !== null) {
      const day = Date.UTC(Number(date[3]), Number(date[2]) - 1, Number(date[1])) / 86_400_000;
      return `<c${place} s="1"><v>${day + 25_569 - (binding.epoch1904 ? 1462 : 0)}</v></c>`;
    }
    if (/^-?\d{1,15}(\.\d+)?(E\+?\d+)?$/.test(cell)) return `<c${place}><v>${cell}</v></c>`;
    if (/^(TRUE|FALSE)$/.test(cell))
      return `<c${place} t="b"><v>${cell === "TRUE" ? 1 : 0}</v></c>`;
    if (/^#(N\/A|REF!)$/.test(cell)) return `<c${place} t="e"><v>${cell}</v></c>`;
    if (cell.startsWith("=")) return `<c${place} t="str"><f>A1</f><v>${escaped(cell)}</v></c>`;
  }
  if (binding.shared) {
    return `<c${place} t="s"><v>${strings.push(cell) - 1}</v></c>`;
  }
  return `<c${place} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

function styles(format: string): string {
  const own =
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>' +
    '<numFmt numFmtId="165" formatCode="[$-809]d mmmm yyyy;@"/>' +
    '<numFmt numFmtId="166" formatCode="&quot;day&quot; 0.00"/></numFmts>';
  return `<styleSheet xmlns="${MAIN}">${own}<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="${format}" applyNumberFormat="1"/></cellXfs></styleSheet>`;
}

function relation(id: number, type: string, target: string): string {
  return `<Relationship Id="rId${id}" Type="${OFFICE}/${type}" Target="${target}"/>`;
}

function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

// What no XML can hold is left out, as every writer of workbooks must.
function escaped(text: string): string {
  return text
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("\r", "&#13;");
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
