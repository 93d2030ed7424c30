// The cells of one sheet of a modern Excel workbook, one after another: one cell far away takes no more room
// than any other.

import { TableBuilder, type ValueKind } from "../table";
import { damaged, needed } from "./guarded";
import { moment, numberOf, writtenOut } from "./numbers";
import { textOf, unnumbered } from "./rich_text";
import { ERRORS } from "./worksheet";
import type { Xml } from "./xml";
import type { Book } from "./xlsx_book";

/** The rows of a sheet. */
export function cellsOf(xml: Xml, book: Book): TableBuilder {
  const rows = new TableBuilder();
  const cells = new Cells(xml, book);
  let row = 0;
  for (let cell = cells.next(); cell !== undefined; cell = cells.next()) {
    if (cell.row < row || cell.row >= LAST_ROW) throw damaged();
    if (cell.row > row) {
      rows.endRow(row + 1, 0);
      row = cell.row;
    }
    if (cell.value !== undefined) rows.cell(cell.column, cell.value.kind, cell.value.text);
  }
  rows.endRow(row + 1, 0);
  return rows;
}

interface Read {
  readonly kind: ValueKind;
  readonly text: string;
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly value: Read | undefined;
}

/** What a cell tells of itself. */
interface About {
  readonly place: string | undefined;
  readonly style: string | undefined;
  readonly type: string | undefined;
}

class Cells {
  private row = 0;
  private column = 0;

  constructor(
    private readonly xml: Xml,
    private readonly book: Book,
  ) {
    toSheetData(xml);
  }

  /** The next cell; nothing behind the last. */
  next(): Cell | undefined {
    const { xml } = this;
    for (;;) {
      const piece = xml.next();
      if (piece === "over" || piece === "broken") throw damaged();
      if (piece === "start") {
        const name = xml.local;
        if (name === "c") return this.cell();
        if (name === "row") this.beginRow();
      } else if (piece === "end") {
        const name = xml.local;
        if (name === "sheetData") return undefined;
        if (name === "row") [this.row, this.column] = [this.row + 1, 0];
      }
    }
  }

  private beginRow(): void {
    const told = this.xml.attributes.exact("r");
    if (told !== undefined) this.row = placeOf(told).row;
  }

  private cell(): Cell {
    const about = aboutCell(this.xml);
    let row = this.row;
    if (about.place !== undefined) {
      const place = placeOf(about.place);
      row = place.row;
      this.column = needed(place.column);
    }
    const value = this.value(about);
    this.column += 1;
    return { row, column: this.column - 1, value };
  }

  /** What the cell's elements hold; the last of them counts. */
  private value(about: About): Read | undefined {
    const { xml } = this;
    let value: Read | undefined;
    for (;;) {
      const piece = xml.next();
      if (piece === "over" || piece === "broken") throw damaged();
      if (piece === "end" && xml.local === "c") return value;
      if (piece === "start") value = this.element(about);
    }
  }

  private element(about: About): Read | undefined {
    const { xml } = this;
    switch (xml.local) {
      case "is":
        return { kind: "text", text: textOf(xml) };
      case "f":
        xml.skip(xml.name);
        return undefined;
      case "v":
        if (about.type === "inlineStr" || about.type === "is") {
          xml.skip(xml.name);
          return undefined;
        }
        return this.shown(about);
      default:
        throw damaged();
    }
  }

  private shown(about: About): Read | undefined {
    const { xml } = this;
    const closing = xml.name;
    if (!PLAIN.has(about.type)) return this.read(longText(xml, closing), about);
    const piece = xml.next();
    if (piece === "over" || piece === "broken") throw damaged();
    if (piece === "end" && xml.name === closing) return undefined;
    const value = piece === "text" ? this.read(xml.raw, about) : undefined;
    xml.skip(closing);
    return value;
  }

  private read(text: string, { type, style }: About): Read | undefined {
    switch (type) {
      case "s":
        if (text === "") return undefined;
        return { kind: "text", text: needed(this.book.strings[indexOf(text)]) };
      case "b":
        return truth(text);
      case "d":
        return { kind: "date", text };
      case "e":
        if (!ERRORS.has(text)) throw damaged();
        return { kind: "text", text };
      case "str":
        return { kind: "text", text: unnumbered(text) };
      case "n":
      case undefined:
        return this.number(text, type, style);
      default:
        throw damaged();
    }
  }

  private number(
    text: string,
    type: string | undefined,
    style: string | undefined,
  ): Read | undefined {
    if (text === "") return undefined;
    const number = numberOf(text);
    if (number === undefined) {
      if (type !== undefined) throw damaged();
      return { kind: "text", text };
    }
    const shows = style === undefined ? "number" : this.book.formats[indexOf(style)];
    return shows === "moment"
      ? { kind: "date", text: moment(number, this.book.since1904) }
      : { kind: "number", text: writtenOut(number) };
  }
}

/** Goes to where the cells begin. A sheet that says how far it reaches has to say so in places of cells. */
function toSheetData(xml: Xml): void {
  for (;;) {
    const piece = xml.next();
    if (piece === "over" || piece === "broken") throw damaged();
    if (piece !== "start") continue;
    const name = xml.local;
    if (name === "sheetData") return;
    if (name !== "dimension") continue;
    const corners = needed(xml.attributes.exact("ref")).split(":");
    if (corners.length > 2) throw damaged();
    for (const corner of corners) void needed(placeOf(corner).column);
  }
}

/** The three attributes that count. Once three were seen, nobody looks any further. */
function aboutCell(xml: Xml): About {
  let place: string | undefined;
  let style: string | undefined;
  let type: string | undefined;
  xml.attributes.rewind();
  for (let seen = 0; seen < 3;) {
    const found = xml.attributes.next();
    if (found === "malformed") throw damaged();
    if (found === "none") break;
    if (xml.attributes.isKey("r")) place = xml.attributes.value;
    else if (xml.attributes.isKey("s")) style = xml.attributes.value;
    else if (xml.attributes.isKey("t")) type = xml.attributes.value;
    else continue;
    seen += 1;
  }
  return { place, style, type };
}

/** The row and the column of a place such as `B7`, counted from 0; without a column where it tells none. */
function placeOf(place: string): { readonly row: number; readonly column: number | undefined } {
  let [row, column, at] = [0, 0, 0];
  for (; at < place.length; at += 1) {
    const code = place.charCodeAt(at);
    const letter = code & ~0x20;
    if (letter < 0x41 || letter > 0x5a) break;
    column = (Math.imul(column, 26) + letter - 0x40) >>> 0;
  }
  for (; at < place.length; at += 1) {
    const digit = place.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) throw damaged();
    row = (Math.imul(row, 10) + digit) >>> 0;
  }
  if (row === 0) throw damaged();
  return { row: row - 1, column: column === 0 ? undefined : column - 1 };
}

/** Text that may hold references; what is marked as letters only is left out. */
function longText(xml: Xml, closing: string): string {
  let text = "";
  for (;;) {
    const piece = xml.next();
    if (piece === "text") text += xml.text;
    else if (piece === "reference") text += xml.referred;
    else if (piece === "over" || piece === "broken") throw damaged();
    else if (piece === "end" && xml.name === closing) return text;
  }
}

function truth(text: string): Read | undefined {
  const told = text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "").toLowerCase();
  if (told === "") return undefined;
  if (told === "0" || told === "false") return { kind: "bool", text: "FALSE" };
  if (told === "1" || told === "true") return { kind: "bool", text: "TRUE" };
  throw damaged();
}

/** The number of a text or a format. What is no number counts as the first. */
function indexOf(text: string): number {
  return /^[0-9]+$/.test(text) ? Number(text) : 0;
}

/** Types whose values hold neither references nor line ends. */
const PLAIN: ReadonlySet<string | undefined> = new Set(["n", "s", "b", "e", undefined]);

/** Rows of a sheet, as Excel has them. */
const LAST_ROW = 1 << 20;
