// Who is who among the pupils of a list, and whom a withdrawal fits. The mirror of the daemon's
// `policy::identity`; it compares, and decides nothing.
//
// "The same permanent UPN, else the same ULN, each with equal date of birth; else equal forename, surname
// (form k2) and date of birth with no contradicting identifier. Different valid identifiers are two
// pupils, and then their name matches nobody."

import { inOrder, k2 } from "../domain/comparing";
import type { Cell, ListRow } from "../domain/list";
import { asked, keysOf, nameKey, shared } from "./fitting";
import { Union } from "./union";

/** What is compared of whoever a row is about; whatever it does not tell is undefined. */
export interface Traits {
  readonly born: string | undefined;
  readonly surname: string | undefined;
  readonly forename: string | undefined;
  /** Permanent: a temporary one is never matched on, and never contradicts. */
  readonly upn: string | undefined;
  readonly uln: string | undefined;
}

/** The traits of whoever this row is about. */
export function traitsOf(row: ListRow): Traits {
  const form = (name: string | undefined) => (name === undefined ? undefined : k2(name));
  const upn = valueOf(row.upn);
  return {
    born: valueOf(row.born),
    surname: form(valueOf(row.surname)),
    forename: form(valueOf(row.forename)),
    upn: upn !== undefined && !isTemporary(upn) ? upn : undefined,
    uln: valueOf(row.uln),
  };
}

/** What was read of a cell. */
export function valueOf<T>(cell: Cell<T>): T | undefined {
  return cell.is === "read" ? cell.value : undefined;
}

/** Whether both names and the date of birth are told. */
export function isComplete(who: Traits): boolean {
  return nameKey(who) !== undefined;
}

/** Whether a withdrawal may be told like this. */
export function identify(who: Traits): boolean {
  const numbered = who.upn !== undefined || who.uln !== undefined;
  return isComplete(who) || (numbered && (who.born !== undefined || who.surname !== undefined));
}

/**
 * The pupils of a list, who can be asked whom a description fits. Whom it fits only nearly, by a part of
 * a name, matters to earlier lists alone, so that nobody here asks for it.
 */
export class Crowd {
  /** How many pupils there are. */
  readonly size: number;
  private readonly entries: readonly Traits[];
  private readonly pupilOf: readonly number[];
  private readonly places: ReadonlyMap<string, number>;
  private index: Groups<string> | undefined;

  /** The crowd of all these that tell both names and the date of birth. */
  constructor(all: Iterable<Traits>) {
    // Rows that tell the same are one entry: a list of copies costs no more than one of its rows.
    const told = new Map<string, Traits>();
    for (const one of all) if (isComplete(one)) told.set(keyOf(one), one);
    this.entries = [...told.values()];
    this.places = new Map([...told.keys()].map((key, place) => [key, place]));
    const same = united(this.entries);
    const numbers = new Map<number, number>();
    this.pupilOf = this.entries.map((_, place) => numbered(numbers, same.first(place)));
    this.size = numbers.size;
  }

  /** Which of the pupils this is, from 0; undefined where names or date of birth are not told. */
  pupil(who: Traits): number | undefined {
    const place = isComplete(who) ? this.places.get(keyOf(who)) : undefined;
    return place === undefined ? undefined : this.pupilOf[place];
  }

  /** The pupils whom a description fits exactly, in groups that may share some. */
  exact(who: Traits): readonly (readonly number[])[] {
    return this.found(asked(who));
  }

  /** The pupils of whom a description tells an identifier, whether it fits or not, in such groups. */
  sharing(who: Traits): readonly (readonly number[])[] {
    return this.found(shared(who));
  }

  private found(keys: readonly string[]): readonly (readonly number[])[] {
    this.index ??= indexed(this.entries, this.pupilOf);
    const index = this.index;
    return keys.map((key) => index.get(key) ?? []);
  }
}

type Groups<K> = ReadonlyMap<K, readonly number[]>;

function indexed(entries: readonly Traits[], pupilOf: readonly number[]): Groups<string> {
  const index = new Map<string, number[]>();
  entries.forEach((one, place) => {
    for (const key of keysOf(one)) put(index, key, pupilOf[place]!);
  });
  return index;
}

/** Unites the entries that are one pupil, by the strongest ties first. */
function united(entries: readonly Traits[]): Union {
  const same = new Union(entries);
  const groups = (key: (one: Traits) => string | undefined) => inTheirOrder(entries, key);
  const ofBirthday = (number: string | undefined, { born }: Traits) =>
    number === undefined ? undefined : `${number} ${born}`;
  for (const group of groups((one) => ofBirthday(one.upn, one))) {
    same.join(group, () => false);
  }
  for (const group of groups((one) => ofBirthday(one.uln, one))) {
    same.join(group, (a, b) => differ(a.upn, b.upn));
  }
  for (const group of groups(nameKey)) {
    same.join(group, (a, b) => differ(a.upn, b.upn) || differ(a.uln, b.uln));
  }
  return same;
}

// What one group unites can keep the next apart, so that their order must not be that of the file.
function inTheirOrder(
  entries: readonly Traits[],
  key: (one: Traits) => string | undefined,
): (readonly number[])[] {
  const groups = new Map<string, number[]>();
  entries.forEach((one, place) => {
    const of = key(one);
    if (of !== undefined) put(groups, of, place);
  });
  const sorted = [...groups].sort(([a], [b]) => inOrder(a, b));
  return sorted.map(([, group]) => group);
}

function put(groups: Map<string, number[]>, key: string, value: number): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  // The copies of a pupil mostly stand side by side.
  else if (group[group.length - 1] !== value) group.push(value);
}

function keyOf(one: Traits): string {
  return [one.born, one.forename, one.surname, one.upn, one.uln].join("\0");
}

function numbered(numbers: Map<number, number>, of: number): number {
  const known = numbers.get(of) ?? numbers.size;
  numbers.set(of, known);
  return known;
}

function isTemporary(upn: string): boolean {
  return /[A-Z]$/.test(upn);
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
