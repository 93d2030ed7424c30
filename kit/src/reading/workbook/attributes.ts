// The attributes of a tag, read in the daemon's two ways: one of its readers breaks at what is no attribute,
// the other goes on behind it.

import { damaged } from "./guarded";

/** The next attribute of a tag, the end of them, or what is no attribute. */
export type Step = "found" | "none" | "malformed";

/** The attributes of the tag at hand. */
export class Attributes {
  private source = "";
  private from = 0;
  private to = 0;
  private at = 0;
  private keyFrom = 0;
  private keyTo = 0;
  private localFrom = 0;
  private valueFrom = 0;
  private valueTo = 0;

  /** Goes to the attributes of another tag, which stand between these places. */
  goTo(source: string, from: number, to: number): void {
    this.source = source;
    this.from = from;
    this.to = to;
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
      const step = this.next();
      if (step === "malformed") throw damaged();
      if (step === "none") break;
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
    for (let step = this.pass(); step !== "none"; step = this.pass()) {
      if (step === "found" && this.isLocal(name)) return this.value;
    }
    return undefined;
  }

  /** The values of all attributes of this name: readers differ in which of several they take. */
  allNamed(name: string): string[] {
    const values: string[] = [];
    this.rewind();
    for (let step = this.pass(); step !== "none"; step = this.pass()) {
      if (step === "found" && this.isLocal(name)) values.push(this.value);
    }
    return values;
  }

  /** Goes back before the first attribute. */
  rewind(): void {
    this.at = this.from;
  }

  /** Goes on to the next attribute. Behind what is none there is nothing more. */
  next(): Step {
    const { source, to } = this;
    let at = this.at;
    while (at < to && isSpace(source.charCodeAt(at))) at += 1;
    this.at = to;
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
    this.at = Math.min(at + 1, to);
    return "found";
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

  /** Whether the attribute at hand has this name, alone or behind a colon. */
  endsIn(name: string): boolean {
    const from = this.keyTo - name.length;
    const { source, keyFrom } = this;
    const begins = from === keyFrom || (from > keyFrom && source.charCodeAt(from - 1) === COLON);
    return begins && source.startsWith(name, from);
  }

  /** Goes on to the next attribute, or behind what is none. */
  private pass(): Step {
    const { source, to } = this;
    let at = this.spaces(this.at);
    this.at = to;
    if (at >= to) return "none";
    at = this.passKey(at);
    if (at >= to) return "malformed";
    if (source.charCodeAt(at) !== EQUALS) return this.malformedTo(at);
    at = this.spaces(at + 1);
    const quote = at < to ? source.charCodeAt(at) : 0;
    if (quote !== DOUBLE && quote !== SINGLE) {
      while (at < to && !this.isSpaceAt(at)) at += 1;
      return this.malformedTo(at);
    }
    this.valueFrom = at + 1;
    at += 1;
    while (at < to && source.charCodeAt(at) !== quote) at += 1;
    if (at >= to) return "malformed";
    this.valueTo = at;
    this.at = at + 1;
    return "found";
  }

  /** Goes behind a name and the spaces that follow it. */
  private passKey(from: number): number {
    const { source, to } = this;
    this.keyFrom = from;
    this.localFrom = from;
    let at = from;
    for (; at < to && !this.isSpaceAt(at); at += 1) {
      const code = source.charCodeAt(at);
      if (code === EQUALS) break;
      if (code === COLON && this.localFrom === from) this.localFrom = at + 1;
    }
    this.keyTo = at;
    return this.spaces(at);
  }

  private malformedTo(at: number): Step {
    this.at = at;
    return "malformed";
  }

  private spaces(from: number): number {
    let at = from;
    while (at < this.to && this.isSpaceAt(at)) at += 1;
    return at;
  }

  private isSpaceAt(at: number): boolean {
    return isXmlSpace(this.source.charCodeAt(at));
  }

  /** Whether the attribute at hand has this name behind its first colon, if it has one. */
  private isLocal(name: string): boolean {
    const length = this.keyTo - this.localFrom;
    return length === name.length && this.source.startsWith(name, this.localFrom);
  }
}

/** The spaces of XML. */
export function isXmlSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === LINE || code === RETURN;
}

/** Spaces between attributes, for those who take one more for a space than XML has. */
function isSpace(code: number): boolean {
  return isXmlSpace(code) || code === FEED;
}

const TAB = 9;
const LINE = 10;
const FEED = 12;
const RETURN = 13;
const SPACE = 32;
const DOUBLE = 34;
const SINGLE = 39;
const COLON = 58;
const EQUALS = 61;
