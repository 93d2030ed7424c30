// Rows of text as an Excel workbook with one sheet, in which every cell is text, so that no program runs or
// reshapes it. The same bytes whenever and wherever it is made. Knows nothing of what the cells mean.

import { strToU8, zipSync } from "fflate";

/** A sheet of text. */
export interface TextSheet {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The columns' widths in characters; where none is told, wide enough for a name. */
  readonly widths?: readonly number[];
}

/** The sheet as the bytes of a workbook. Its header row is bold and stays in sight. */
export function xlsx(sheet: TextSheet): Uint8Array {
  const parts: Record<string, string> = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": relations([["officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": workbook(sheet.name),
    "xl/_rels/workbook.xml.rels": relations([
      ["worksheet", "worksheets/sheet1.xml"],
      ["styles", "styles.xml"],
    ]),
    "xl/styles.xml": STYLES,
    "xl/worksheets/sheet1.xml": worksheet(sheet),
  };
  const bytes = Object.entries(parts).map(
    ([name, xml]) => [name, strToU8(DECLARED + xml)] as const,
  );
  return zipSync(Object.fromEntries(bytes), { level: 6, mtime: always() });
}

function workbook(name: string): string {
  const sheets = `<sheets><sheet name="${sheetName(name)}" sheetId="1" r:id="r1"/></sheets>`;
  return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}/relationships">${sheets}</workbook>`;
}

function worksheet({ header, rows, widths = [] }: TextSheet): string {
  const columns = header.map((_, at) => {
    const width = widths[at] ?? USUAL_WIDTH;
    return `<col min="${at + 1}" max="${at + 1}" width="${width}" style="${TEXT}" customWidth="1"/>`;
  });
  const lines = rows.map((cells, at) => line(at + 2, cells, TEXT));
  const last = `${columnName(Math.max(header.length, 1) - 1)}${rows.length + 1}`;
  return [
    `<worksheet xmlns="${MAIN}"><dimension ref="A1:${last}"/>`,
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0">',
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
    "</sheetView></sheetViews>",
    columns.length === 0 ? "" : `<cols>${columns.join("")}</cols>`,
    `<sheetData>${line(1, header, BOLD)}${lines.join("")}</sheetData>`,
    // A number kept as text is what we want here, and no slip to be marked in green.
    `<ignoredErrors><ignoredError sqref="A1:${last}" numberStoredAsText="1"/></ignoredErrors>`,
    "</worksheet>",
  ].join("");
}

function line(number: number, cells: readonly string[], style: number): string {
  const filled = cells.map((text, column) => {
    if (text === "") return "";
    const place = `${columnName(column)}${number}`;
    const value = `<is><t xml:space="preserve">${escaped(text)}</t></is>`;
    return `<c r="${place}" s="${style}" t="inlineStr">${value}</c>`;
  });
  return `<row r="${number}">${filled.join("")}</row>`;
}

/** The letters of a column, counted from 0. */
function columnName(column: number): string {
  const before = column < 26 ? "" : columnName(Math.floor(column / 26) - 1);
  return before + String.fromCharCode(0x41 + (column % 26));
}

/** A name that Excel takes for a sheet. */
function sheetName(name: string): string {
  const taken = name.replace(/[\\/?*:[\]\p{Cc}]/gu, " ").replace(/^'+|'+$/g, "");
  return escaped([...taken].slice(0, LONGEST_NAME).join("").trim() || "Sheet1");
}

/** The text as XML. What XML has no letter for is written as its number, as Excel does. */
function escaped(text: string): string {
  const numbered = text
    .replace(/_(?=x[0-9a-f]{4}_)/gi, "_x005F_")
    .replace(/[\0-\x08\x0b-\x1f\ufffe\uffff]/g, (letter) => {
      const number = letter.charCodeAt(0).toString(16).toUpperCase();
      return `_x${number.padStart(4, "0")}_`;
    });
  return numbered
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function relations(told: readonly (readonly [string, string])[]): string {
  const each = told.map(
    ([kind, target], at) =>
      `<Relationship Id="r${at + 1}" Type="${OFFICE}/relationships/${kind}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join("")}</Relationships>`;
}

/** When it is always made: the container keeps the day and the hour of whoever writes it, and tells no zone. */
function always(): Date {
  return new Date(2026, 0, 1, 12);
}

const DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml";

const TYPES = [
  `<Types xmlns="${PACKAGE}/content-types">`,
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
  '<Default Extension="xml" ContentType="application/xml"/>',
  `<Override PartName="/xl/workbook.xml" ContentType="${SHEETS}.sheet.main+xml"/>`,
  `<Override PartName="/xl/styles.xml" ContentType="${SHEETS}.styles+xml"/>`,
  `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEETS}.worksheet+xml"/>`,
  "</Types>",
].join("");

/** The formats of cells: what Excel calls text, and the same in bold. */
const TEXT = 1;
const BOLD = 2;

const STYLES = [
  `<styleSheet xmlns="${MAIN}"><fonts count="2">`,
  '<font><sz val="11"/><name val="Calibri"/></font>',
  '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>',
  '<fills count="2"><fill><patternFill patternType="none"/></fill>',
  '<fill><patternFill patternType="gray125"/></fill></fills>',
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
  '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>',
  '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>',
  '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
  "</styleSheet>",
].join("");

const USUAL_WIDTH = 20;

/** Letters of a sheet's name. */
const LONGEST_NAME = 31;
