// What a worksheet shows and what it hides, as its XML goes by: rows that can't be seen, formulas that were
// saved without a result, errors that nobody knows.

import { Unreadable } from "../unreadable";
import { FORMULAS_WITHOUT_RESULT } from "./guarded";
import { isDecimal } from "./numbers";
import type { Piece, Xml } from "./xml";

interface CellAtHand {
  /** Text that a formula came to, which may be empty; an error; or anything else. */
  readonly kind: "text" | "error" | "other";
  formula: boolean;
  filled: boolean;
}

/** A worksheet at hand. */
export class Worksheet {
  /** True where a row that holds something is hidden. */
  hasHiddenRows = false;
  private row = 0;
  private hidden = false;
  private withoutResult = 0;
  private cell: CellAtHand | undefined;
  private inValue = false;

  see(xml: Xml, piece: Piece): void {
    if (piece === "start") this.start(xml);
    else if (piece === "end") this.end(xml.local);
    else if (piece === "text") this.text(xml);
    else if (piece === "cdata" || piece === "reference") this.fill();
  }

  private start(xml: Xml): void {
    const name = xml.local;
    if (this.cell !== undefined) {
      if (name === "f") this.cell.formula = true;
      else if (name === "v" || name === "t") this.inValue = true;
    } else if (name === "row") {
      const told = xml.attributes
        .allNamed("r")
        .map(rowNumber)
        .find((number) => number !== undefined);
      this.row = told ?? this.row + 1;
      this.hidden = isHidden(xml);
    } else if (name === "c") {
      this.cell = { kind: kindOf(xml.attributes.named("t")), formula: false, filled: false };
    }
  }

  private end(name: string): void {
    if (name === "row") this.hidden = false;
    else if (name === "v" || name === "t") this.inValue = false;
    else if (name === "c") {
      const cell = this.cell;
      this.cell = undefined;
      if (cell?.formula && !cell.filled && cell.kind !== "text") this.withoutResult += 1;
      if (this.withoutResult >= FORMULAS_WITHOUT_RESULT) {
        throw Unreadable.because("FormulasWithoutResult", this.row);
      }
    }
  }

  private text(xml: Xml): void {
    if (!this.inValue) return;
    const text = xml.raw;
    if (!/\P{White_Space}/u.test(text)) return;
    if (this.cell?.kind === "error" && !ERRORS.has(text)) {
      throw Unreadable.because("UnknownError", this.row);
    }
    this.fill();
  }

  private fill(): void {
    if (this.cell === undefined || !this.inValue) return;
    this.cell.filled = true;
    this.hasHiddenRows ||= this.hidden;
  }
}

function kindOf(type: string | undefined): CellAtHand["kind"] {
  return type === "str" ? "text" : type === "e" ? "error" : "other";
}

function rowNumber(told: string): number | undefined {
  return /^\+?[0-9]+$/.test(told) && Number(told) <= 0xffff_ffff ? Number(told) : undefined;
}

function isHidden(row: Xml): boolean {
  if (row.attributes.allNamed("hidden").some((told) => told === "1" || told === "true"))
    return true;
  return row.attributes.allNamed("ht").some((told) => isDecimal(told) && Number(told) < LOWEST_ROW);
}

/** Errors that a sheet shows in place of values. */
export const ERRORS = new Set(["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]);

/** Points below which a row can't be seen. */
const LOWEST_ROW = 1;
