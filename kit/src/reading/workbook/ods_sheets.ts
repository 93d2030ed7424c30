// The sheets of an OpenDocument spreadsheet, as their XML goes by.

import { rules } from "../../rules";
import { TableBuilder, type ValueKind } from "../table";
import { Unreadable } from "../unreadable";
import { FORMULAS_WITHOUT_RESULT } from "./guarded";
import { isLongerThan, OdsCell, timesTold } from "./ods_cell";
import { OnlySheet } from "./only_sheet";
import type { Piece, Xml } from "./xml";

interface SheetAtHand {
  readonly name: string;
  readonly rows: TableBuilder;
  hiddenRows: boolean;
  readonly hidden: boolean;
}

interface RowAtHand {
  readonly repeats: number;
  readonly hidden: boolean;
  column: number;
  readonly cells: { readonly column: number; readonly kind: ValueKind; readonly text: string }[];
}

/** The sheets as their pieces go by. */
export class OdsSheets {
  readonly only = new OnlySheet();
  private sheet: SheetAtHand | undefined;
  private readonly hiddenStyles = new HiddenStyles();
  /** For each open group of rows, whether it is folded away. */
  private readonly groups: boolean[] = [];
  private withoutResult = 0;
  private number = 0;
  private row: RowAtHand = noRow();
  private cell: OdsCell | undefined;
  /** Open elements within a cell whose text is not the cell's: comments, drawings. */
  private beside = 0;

  see(xml: Xml, piece: Piece): void {
    if (piece === "start") this.start(xml);
    else if (piece === "end") this.end(xml.local);
    else if (piece === "text" || piece === "cdata") this.text(xml.text);
    else if (piece === "reference") this.text(xml.referred);
  }

  private start(xml: Xml): void {
    const name = xml.local;
    if (BESIDE.has(name)) this.beside += 1;
    if (this.beside > 0) return;
    switch (name) {
      case "style":
      case "table-properties":
        return this.hiddenStyles.see(xml, name);
      case "table":
        return this.beginSheet(xml);
      case "table-row-group":
        this.groups.push(xml.attributes.named("display") === "false");
        return;
      case "table-row":
        return this.beginRow(xml);
      case "table-cell":
      case "covered-table-cell":
        this.cell = new OdsCell(xml);
        return;
      case "p":
        return this.cell?.paragraph();
      case "s":
        return this.cell?.spaces(timesTold(xml, "c"));
      case "tab":
        return this.cell?.spaces(1);
    }
  }

  private end(name: string): void {
    if (BESIDE.has(name)) this.beside = Math.max(0, this.beside - 1);
    else if (this.beside > 0) return;
    else if (name === "table-cell" || name === "covered-table-cell") this.endCell();
    else if (name === "table-row") this.endRow();
    else if (name === "table-row-group") this.groups.pop();
    else if (name === "table") this.endSheet();
  }

  private text(text: string): void {
    if (this.beside === 0) this.cell?.take(text);
  }

  private beginSheet(xml: Xml): void {
    // A table within a table would end the sheet before its time.
    if (this.sheet !== undefined) throw Unreadable.because("OddlyBuilt");
    this.sheet = {
      name: xml.attributes.named("name") ?? "",
      rows: new TableBuilder(),
      hiddenRows: false,
      hidden: this.hiddenStyles.has(xml.attributes.named("style-name")),
    };
    this.number = 0;
  }

  private beginRow(xml: Xml): void {
    const visibility = xml.attributes.named("visibility");
    const hidden = visibility === "collapse" || visibility === "filter";
    this.row = {
      repeats: timesTold(xml, "number-rows-repeated"),
      hidden: hidden || this.groups.includes(true),
      column: 0,
      cells: [],
    };
  }

  private endCell(): void {
    const { cell, row } = this;
    this.cell = undefined;
    if (cell === undefined) return;
    const first = row.column;
    row.column = first + cell.repeats;
    if (cell.lacksResult()) this.withoutResult += 1;
    if (this.withoutResult >= FORMULAS_WITHOUT_RESULT) {
      throw Unreadable.because("FormulasWithoutResult", this.number + 1);
    }
    const text = cell.shown();
    if (!/\P{White_Space}/u.test(text)) return;
    if (row.column > rules.limits.max_columns) throw Unreadable.because("TooManyColumns");
    if (isLongerThan(text, LONGEST)) throw Unreadable.because("CellTooLong");
    for (let column = first; column < row.column; column += 1) {
      row.cells.push({ column, kind: cell.kind, text });
    }
  }

  private endRow(): void {
    const { row, sheet } = this;
    this.row = noRow();
    if (sheet === undefined) return;
    if (row.cells.length === 0) return this.pass(row.repeats);
    for (let time = 0; time < row.repeats; time += 1) {
      this.pass(1);
      for (const { column, kind, text } of row.cells) sheet.rows.cell(column, kind, text);
      if (sheet.rows.endRow(this.number, 0)) sheet.hiddenRows ||= row.hidden;
      else return this.pass(row.repeats - time - 1);
    }
  }

  /** Goes on behind so many rows that hold nothing. */
  private pass(rows: number): void {
    this.number = Math.min(this.number + rows, MOST_TOLD);
  }

  private endSheet(): void {
    if (this.sheet !== undefined) this.only.offer(this.sheet);
    this.sheet = undefined;
  }
}

function noRow(): RowAtHand {
  return { repeats: 0, hidden: false, column: 0, cells: [] };
}

/** The styles of tables that can't be seen. */
class HiddenStyles {
  private atHand = "";
  private readonly names = new Set<string>();

  see(xml: Xml, name: string): void {
    if (name === "style") this.atHand = xml.attributes.named("name") ?? "";
    else if (xml.attributes.named("display") === "false") this.names.add(this.atHand);
  }

  has(style: string | undefined): boolean {
    return style !== undefined && this.names.has(style);
  }
}

const BESIDE = new Set(["annotation", "shapes", "frame", "custom-shape"]);

/** Bytes of a cell's text: as many as its letters may take. */
const LONGEST = rules.limits.max_cell_chars * 4;

/** The largest number of rows that a file can tell. */
const MOST_TOLD = 0xffff_ffff;
