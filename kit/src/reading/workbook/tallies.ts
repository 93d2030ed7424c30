// What is made room for when a workbook is opened, counted before anybody makes it: sheets, styles and shared
// strings. A few bytes of each can ask for very many.

import { rules } from "../../rules";
import { Unreadable } from "../unreadable";
import { damaged, MOST_SHEETS } from "./guarded";
import type { Piece, Xml } from "./xml";

/**
 * The sheets that the workbook lists. Each has a part of its own: one part read as 256 sheets would be 256
 * times the work.
 */
export class Sheets {
  private readonly parts = new Set<string>();

  see(xml: Xml, piece: Piece): void {
    if (piece !== "start" || xml.local !== "sheet") return;
    for (const id of xml.attributes.allNamed("id")) {
      if (this.parts.has(id)) throw Unreadable.because("OddlyBuilt");
      this.parts.add(id);
    }
    if (this.parts.size > MOST_SHEETS) throw Unreadable.because("UnpacksTooLarge");
  }
}

/** The formats of cells, each of which other readers give its own copy of a font's and a number's format. */
export class Styles {
  private formats = 0;
  private longest = 0;

  see(xml: Xml, piece: Piece): void {
    if (piece !== "start") return;
    this.longest = Math.max(this.longest, xml.raw.length);
    if (FORMATS.has(xml.local)) this.formats += 1;
    if (this.formats * (ONE_FORMAT + this.longest) > rules.limits.max_inflated * 2) {
      throw Unreadable.because("UnpacksTooLarge");
    }
  }
}

/** The texts that cells refer to, and how many of them the table says that it has. */
export class Strings {
  private count = 0;
  private begun = false;

  see(xml: Xml, piece: Piece): void {
    if (piece !== "start") return;
    const name = xml.local;
    if (name === "sst") {
      const told = xml.attributes
        .allNamed("uniqueCount")
        .filter((count) => /^\+?[0-9]+$/.test(count));
      if (told.some((count) => Number(count) > MOST_STRINGS)) {
        throw Unreadable.because("UnpacksTooLarge");
      }
    } else if (!this.begun) {
      throw damaged();
    } else if (name === "si") {
      this.count += 1;
    }
    this.begun = true;
    if (this.count > MOST_STRINGS) throw Unreadable.because("UnpacksTooLarge");
  }
}

const MOST_STRINGS = rules.limits.max_strings;

const FORMATS = new Set(["xf", "font", "fill", "border"]);

/** Bytes that one format takes, its names not counted. */
const ONE_FORMAT = 512;
