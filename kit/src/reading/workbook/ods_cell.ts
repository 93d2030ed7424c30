// One cell of an OpenDocument spreadsheet: what it tells of its value, and what it shows.

import { rules } from "../../rules";
import type { ValueKind } from "../table";
import { Unreadable } from "../unreadable";
import type { Xml } from "./xml";

/** A cell, from its tag on. */
export class OdsCell {
  readonly kind: ValueKind;
  /** How many cells like it stand side by side. */
  readonly repeats: number;
  private readonly value: string | undefined;
  private readonly formula: boolean;
  /** It tells what kind of value it has, so it has one, if only an empty text. */
  private readonly typed: boolean;
  private text = "";
  private paragraphs = 0;

  constructor(xml: Xml) {
    const type = xml.attributes.named("value-type");
    [this.kind, this.value] = told(xml, type);
    this.typed = type !== undefined;
    this.formula = xml.attributes.named("formula") !== undefined;
    this.repeats = timesTold(xml, "number-columns-repeated");
  }

  /** Begins a paragraph of what it shows. */
  paragraph(): void {
    if (this.paragraphs > 0) this.text += "\n";
    this.paragraphs += 1;
  }

  /** Takes what stands in its paragraphs. */
  take(text: string): void {
    if (this.paragraphs > 0) this.text += text;
    this.refuseLong();
  }

  /** Takes so many spaces. */
  spaces(count: number): void {
    this.text += " ".repeat(Math.min(count, MOST));
    this.refuseLong();
  }

  /** Its value where it tells one, else what it shows. */
  shown(): string {
    const counts = this.kind !== "text" || this.paragraphs === 0;
    return this.value !== undefined && counts ? this.value : this.text;
  }

  /** Whether it is a formula that was saved without a result. */
  lacksResult(): boolean {
    return this.formula && !this.typed && !/\P{White_Space}/u.test(this.text);
  }

  private refuseLong(): void {
    if (isLongerThan(this.text, MOST * 4)) throw Unreadable.because("CellTooLong");
  }
}

function told(xml: Xml, type: string | undefined): [ValueKind, string | undefined] {
  switch (type) {
    case "float":
    case "percentage":
    case "currency":
      return ["number", xml.attributes.named("value")];
    case "date":
      return ["date", xml.attributes.named("date-value")];
    case "boolean":
      return [
        "bool",
        xml.attributes.named("boolean-value")?.replace(/[a-z]/g, (c) => c.toUpperCase()),
      ];
    default:
      return ["text", xml.attributes.named("string-value")];
  }
}

/** How many times something is told to be there: once where nothing is told, or no number. */
export function timesTold(xml: Xml, name: string): number {
  const count = xml.attributes.named(name);
  const isNumber = count !== undefined && /^\+?[0-9]+$/.test(count) && Number(count) <= 0xffff_ffff;
  return isNumber ? Number(count) : 1;
}

/** Whether a text takes more bytes than these. */
export function isLongerThan(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || new TextEncoder().encode(text).length > bytes;
}

const MOST = rules.limits.max_cell_chars;
