// XML of strangers, piece by piece: lenient in what matches what, without DTDs and without entities of
// its own. What it takes for a tag, a text or a break is what the daemon's own reader takes for one.

import { damaged } from "./guarded";
import type { Letters } from "./letters";
import { resolved } from "./references";

/** What stands at hand. An element without content begins and ends. */
export type Piece = "start" | "end" | "text" | "cdata" | "reference" | "other" | "over" | "broken";

/** The next attribute of a tag, the end of them, or what is no attribute. */
export type Attributes = "found" | "none" | "malformed";

/** Shows all that stands in a text, one piece after another. */
export class Xml {
  /** Where the piece at hand begins and ends in the text. */
  begin = 0;
  end = 0;
  private readonly source: string;
  private readonly cut: boolean;
  private from = 0;
  private to = 0;
  private nameTo = 0;
  private colon = -1;
  private attributeAt = 0;
  private keyFrom = 0;
  private keyTo = 0;
  private valueFrom = 0;
  private valueTo = 0;
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

  /** The value of the attribute of exactly this name, as it stands there. */
  exact(name: string): string | undefined {
    return this.several([name])[0];
  }

  /** The values of the attributes of exactly these names. Once as many were seen, nobody looks any further. */
  several(names: readonly string[]): readonly (string | undefined)[] {
    const values: (string | undefined)[] = names.map(() => undefined);
    this.rewind();
    for (let seen = 0; seen < names.length;) {
      const found = this.attribute();
      if (found === "malformed") throw damaged();
      if (found === "none") break;
      const at = names.findIndex((name) => this.isKey(name));
      if (at < 0) continue;
      values[at] = this.value;
      seen += 1;
    }
    return values;
  }

  /** The value of the first attribute of this name, whatever stands before its colon. */
  named(name: string): string | undefined {
    this.rewind();
    while (this.attribute() === "found") if (this.isLocalKey(name)) return this.value;
    return undefined;
  }

  /** The values of all attributes of this name: readers differ in which of several they take. */
  allNamed(name: string): string[] {
    const values: string[] = [];
    this.rewind();
    while (this.attribute() === "found") if (this.isLocalKey(name)) values.push(this.value);
    return values;
  }

  /** Goes back before the first attribute. */
  rewind(): void {
    this.attributeAt = this.nameTo;
  }

  /** Goes on to the next attribute of the tag at hand. */
  attribute(): Attributes {
    const { source, to } = this;
    let at = this.attributeAt;
    while (at < to && isSpace(source.charCodeAt(at))) at += 1;
    this.attributeAt = to;
    if (at >= to) return "none";
    this.keyFrom = at;
    while (at < to && source.charCodeAt(at) !== EQUALS) at += 1;
    if (at >= to) return "malformed";
    this.keyTo = at;
    while (this.keyTo > this.keyFrom && isSpace(source.charCodeAt(this.keyTo - 1))) this.keyTo -= 1;
    at += 1;
    while (at < to && isSpace(source.charCodeAt(at))) at += 1;
    const quote = at < to ? source.charCodeAt(at) : 0;
    if (quote !== DOUBLE && quote !== SINGLE) return "malformed";
    this.valueFrom = at + 1;
    at += 1;
    while (at < to && source.charCodeAt(at) !== quote) at += 1;
    this.valueTo = at;
    this.attributeAt = Math.min(at + 1, to);
    return "found";
  }

  /** The name of the attribute at hand. */
  get key(): string {
    return this.source.slice(this.keyFrom, this.keyTo);
  }

  /** The value of the attribute at hand, as it stands there. */
  get value(): string {
    return this.source.slice(this.valueFrom, this.valueTo);
  }

  /** Whether the attribute at hand has exactly this name. */
  isKey(name: string): boolean {
    const length = this.keyTo - this.keyFrom;
    return length === name.length && this.source.startsWith(name, this.keyFrom);
  }

  /** Whether the attribute at hand has this name behind the colon, if there is one. */
  isLocalKey(name: string): boolean {
    const from = this.keyTo - name.length;
    const begins =
      from === this.keyFrom || (from > this.keyFrom && this.source.charCodeAt(from - 1) === COLON);
    return begins && this.source.startsWith(name, from);
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

/** Where the declaration of a document's type ends, whatever is declared in it. */
function afterDoctype(source: string, from: number): number | undefined {
  const outside = /["'[>]/g;
  for (let at = from; ;) {
    outside.lastIndex = at;
    const found = outside.exec(source);
    if (found === null) return undefined;
    if (found[0] === ">") return found.index + 1;
    if (found[0] === "[") return afterSubset(source, found.index + 1);
    const closed = source.indexOf(found[0], found.index + 1);
    if (closed < 0) return undefined;
    at = closed + 1;
  }
}

function afterSubset(source: string, from: number): number | undefined {
  for (let at: number | undefined = from; at !== undefined;) {
    while (at < source.length && source.charCodeAt(at) !== LESS && source[at] !== "]") at += 1;
    if (at >= source.length) return undefined;
    if (source[at] === "]") return after(source, ">", at);
    at = afterDeclared(source, at);
  }
  return undefined;
}

function afterDeclared(source: string, at: number): number | undefined {
  if (source.startsWith("<!--", at)) return after(source, "-->", at + 4);
  if (source.startsWith("<?", at)) return after(source, "?>", at + 2);
  if (!/^<!(?:ATTLIST|ENTITY|NOTATION)/.test(source.slice(at, at + 10))) {
    return after(source, ">", at);
  }
  for (let here = at; here < source.length; here += 1) {
    const letter = source.charAt(here);
    if (letter === ">") return here + 1;
    if (letter !== '"' && letter !== "'") continue;
    here = source.indexOf(letter, here + 1);
    if (here < 0) return undefined;
  }
  return undefined;
}

function after(source: string, mark: string, from: number): number | undefined {
  const at = source.indexOf(mark, from);
  return at < 0 ? undefined : at + mark.length;
}

function isXmlSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === LINE || code === RETURN;
}

/** Spaces between attributes: one more than XML has. */
function isSpace(code: number): boolean {
  return isXmlSpace(code) || code === FEED;
}

const TAB = 9;
const LINE = 10;
const FEED = 12;
const RETURN = 13;
const SPACE = 32;
const BANG = 33;
const DOUBLE = 34;
const AMPERSAND = 38;
const SINGLE = 39;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const LESS = 60;
const EQUALS = 61;
const MORE = 62;
const QUESTION = 63;
