// XML of strangers, piece by piece: lenient in what matches what, without DTDs and without entities of
// its own. What it takes for a tag, a text or a break is what the daemon's own reader takes for one.

import { Attributes, isXmlSpace } from "./attributes";
import { afterDoctype } from "./doctype";
import { damaged } from "./guarded";
import type { Letters } from "./letters";
import { resolved } from "./references";

/** What stands at hand. An element without content begins and ends. */
export type Piece = "start" | "end" | "text" | "cdata" | "reference" | "other" | "over" | "broken";

/** Shows all that stands in a text, one piece after another. */
export class Xml {
  /** Where the piece at hand begins and ends in the text. */
  begin = 0;
  end = 0;
  /** The attributes of the tag at hand. */
  readonly attributes = new Attributes();
  private readonly source: string;
  private readonly cut: boolean;
  private from = 0;
  private to = 0;
  private nameTo = 0;
  private colon = -1;
  private isEmpty = false;
  private isDone: "over" | "broken" | undefined;
  private depth = 0;

  /** Where ends have to match, one that ends nothing is a break. Which name it has is not looked at. */
  constructor(
    letters: Letters,
    private readonly endsMatch: boolean,
  ) {
    this.source = letters.text;
    this.cut = letters.cut;
  }

  /** Goes on to the next piece, and tells what it is. */
  next(): Piece {
    if (this.isDone !== undefined) return this.isDone;
    if (this.isEmpty) {
      this.isEmpty = false;
      this.begin = this.end;
      this.depth -= 1;
      return "end";
    }
    this.begin = this.end;
    switch (this.source.charCodeAt(this.begin)) {
      case LESS:
        return this.markup();
      case AMPERSAND:
        return this.reference();
      default:
        return Number.isNaN(this.source.charCodeAt(this.begin)) ? this.over() : this.plain();
    }
  }

  /** The name of the element at hand without the prefix before it. */
  get local(): string {
    return this.source.slice(this.colon < 0 ? this.from : this.colon + 1, this.nameTo);
  }

  /** The name of the element at hand with its prefix. */
  get name(): string {
    return this.source.slice(this.from, this.nameTo);
  }

  /** What stands in the text, the reference or the tag at hand, as it stands there. */
  get raw(): string {
    return this.source.slice(this.from, this.to);
  }

  /** The text at hand, its lines ended as XML ends them. */
  get text(): string {
    const text = this.raw;
    return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  }

  /** What the reference at hand stands for. */
  get referred(): string {
    const letter = resolved(this.raw);
    if (letter === undefined) throw damaged();
    return letter;
  }

  /** Goes on behind the end of the element of this full name, which is at hand or within which we are. */
  skip(name: string): void {
    for (let depth = 0; ;) {
      const piece = this.next();
      if (piece === "broken" || piece === "over") throw damaged();
      if (piece === "start" && this.name === name) depth += 1;
      if (piece === "end" && this.name === name) {
        if (depth === 0) return;
        depth -= 1;
      }
    }
  }

  private plain(): Piece {
    const { source } = this;
    let at = this.begin + 1;
    for (; at < source.length; at += 1) {
      const code = source.charCodeAt(at);
      if (code === LESS || code === AMPERSAND) break;
    }
    [this.from, this.to, this.end] = [this.begin, at, at];
    return at === source.length && this.cut ? this.broken() : "text";
  }

  private reference(): Piece {
    const { source } = this;
    for (let at = this.begin + 1; at < source.length; at += 1) {
      const code = source.charCodeAt(at);
      if (code === LESS || code === AMPERSAND) return this.broken();
      if (code !== SEMICOLON) continue;
      [this.from, this.to, this.end] = [this.begin + 1, at, at + 1];
      return "reference";
    }
    return this.brokenOff();
  }

  private markup(): Piece {
    switch (this.source.charCodeAt(this.begin + 1)) {
      case BANG:
        return this.bang();
      case QUESTION:
        return this.until("?>", this.begin + 2, 0, "other");
      default:
        return this.tag();
    }
  }

  private bang(): Piece {
    const { source, begin } = this;
    if (source.startsWith("<!--", begin)) return this.until("-->", begin + 4, 0, "other");
    if (source.startsWith("<![CDATA[", begin)) return this.until("]]>", begin + 9, 9, "cdata");
    if (!/^<!doctype\s*[^\s>]/i.test(source.slice(begin, begin + 64))) return this.broken();
    const after = afterDoctype(source, begin + 9);
    if (after === undefined) return this.brokenOff();
    this.end = after;
    return "other";
  }

  private until(mark: string, from: number, skipped: number, piece: Piece): Piece {
    const at = this.source.indexOf(mark, from);
    if (at < 0) return this.brokenOff();
    [this.from, this.to, this.end] = [this.begin + skipped, at, at + mark.length];
    return piece;
  }

  private tag(): Piece {
    const { source } = this;
    let quote = 0;
    for (let at = this.begin + 1; at < source.length; at += 1) {
      const code = source.charCodeAt(at);
      if (quote !== 0) {
        if (code === quote) quote = 0;
      } else if (code === MORE) {
        return this.tagged(at);
      } else if (code === DOUBLE || code === SINGLE) {
        quote = code;
      }
    }
    return this.brokenOff();
  }

  private tagged(close: number): Piece {
    const { source } = this;
    const ends = source.charCodeAt(this.begin + 1) === SLASH;
    this.isEmpty = !ends && close - this.begin > 1 && source.charCodeAt(close - 1) === SLASH;
    this.from = this.begin + (ends ? 2 : 1);
    this.to = this.isEmpty ? close - 1 : close;
    this.end = close + 1;
    if (ends) this.nameEnd();
    else this.nameStart();
    this.attributes.goTo(source, this.nameTo, this.to);
    return ends ? this.ends() : this.starts();
  }

  /** The name of what begins goes to the first space. */
  private nameStart(): void {
    const { source, to } = this;
    let at = this.from;
    this.colon = -1;
    for (; at < to; at += 1) {
      const code = source.charCodeAt(at);
      if (isXmlSpace(code)) break;
      if (code === COLON && this.colon < 0) this.colon = at;
    }
    this.nameTo = at;
  }

  /** The name of what ends goes to the last letter: nothing else belongs there. */
  private nameEnd(): void {
    const { source, from } = this;
    let to = this.to;
    while (to > from && isXmlSpace(source.charCodeAt(to - 1))) to -= 1;
    this.nameTo = to;
    this.colon = -1;
    for (let at = from; at < to && this.colon < 0; at += 1) {
      if (source.charCodeAt(at) === COLON) this.colon = at;
    }
  }

  private starts(): Piece {
    this.depth += 1;
    return "start";
  }

  private ends(): Piece {
    if (this.depth === 0) return this.endsMatch ? this.broken() : "end";
    this.depth -= 1;
    return "end";
  }

  private over(): Piece {
    this.isDone = this.cut ? "broken" : "over";
    return this.isDone;
  }

  private broken(): Piece {
    this.isDone = "broken";
    return this.isDone;
  }

  /** What begins here has no end, so all that is left belongs to it. */
  private brokenOff(): Piece {
    this.end = this.source.length;
    return this.broken();
  }
}

const BANG = 33;
const DOUBLE = 34;
const AMPERSAND = 38;
const SINGLE = 39;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const LESS = 60;
const MORE = 62;
const QUESTION = 63;
