// Who is who among the pupils of a list, and whom a withdrawal fits. The mirror of the daemon's
// `policy::identity`; it compares, and decides nothing.
//
// "The same permanent UPN, else the same ULN, each with equal date of birth; else equal forename, surname
// (form k2) and date of birth with no contradicting identifier. Different valid identifiers are two
// pupils, and then their name matches nobody."

import { inOrder, k2 } from "../domain/comparing";
import type { Day } from "../domain/days";
import type { Cell, ListRow } from "../domain/list";

/** What is compared of whoever a row is about; whatever it does not tell is undefined. */
export interface Traits {
  readonly born: Day | undefined;
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
  return who.born !== undefined && who.forename !== undefined && who.surname !== undefined;
}

/** Whether a withdrawal may be told like this. */
export function identify(who: Traits): boolean {
  const numbered = who.upn !== undefined || who.uln !== undefined;
  return isComplete(who) || (numbered && (who.born !== undefined || who.surname !== undefined));
}

/** How well a description fits a pupil. `close`: the same identifier, and yet something contradicts. */
export type Fit = "exact" | "close" | "none";

/**
 * How well `who` fits `pupil`. An identifier with an equal date of birth is exact whatever the names say,
 * because names change. What fits by its name only nearly can matter to earlier lists alone, so that
 * it is told from nothing by the daemon, and not here.
 */
export function fit(who: Traits, pupil: Traits): Fit {
  const upn = compare(who.upn, pupil.upn);
  const uln = compare(who.uln, pupil.uln);
  const born = compare(who.born, pupil.born);
  const surname = compare(who.surname, pupil.surname);
  const forename = compare(who.forename, pupil.forename);

  // The strongest identifier that both tell decides.
  const twoPupils = upn === "different" || (upn === "nothing" && uln === "different");
  const sameNumber = upn === "same" || uln === "same";
  const sameName = born === "same" && forename === "same" && surname === "same";
  const confirmed = born === "same" || (born === "nothing" && surname === "same");
  if (!twoPupils && (sameName || (sameNumber && confirmed))) return "exact";
  return sameNumber ? "close" : "none";
}

/** The pupils of a list, who can be asked whom a description fits. */
export class Crowd {
  /** How many pupils there are. */
  readonly size: number;
  // Rows that tell the same are one entry: a list of copies costs no more than one of its rows.
  private readonly entries: readonly Traits[];
  private readonly pupilOf: readonly number[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly byUpn: Groups;
  private readonly byUln: Groups;
  private readonly byName: Groups;

  /** The crowd of all these that tell both names and the date of birth. */
  constructor(all: Iterable<Traits>) {
    const places = new Map<string, number>();
    const entries: Traits[] = [];
    for (const one of all) {
      if (!isComplete(one) || places.has(keyOf(one))) continue;
      places.set(keyOf(one), entries.length);
      entries.push(one);
    }
    this.places = places;
    this.entries = entries;
    this.byUpn = grouped(entries, (one) => one.upn);
    this.byUln = grouped(entries, (one) => one.uln);
    this.byName = grouped(entries, nameKey);
    const same = unite(entries, this.byName);
    const pupils = new Map<number, number>();
    this.pupilOf = entries.map((_, at) => numbered(pupils, same.first(at)));
    this.size = pupils.size;
  }

  /** Which of the pupils this is, from 0; undefined where names or date of birth are not told. */
  pupil(who: Traits): number | undefined {
    const place = isComplete(who) ? this.places.get(keyOf(who)) : undefined;
    return place === undefined ? undefined : this.pupilOf[place];
  }

  /** The pupils whom a description fits exactly. */
  exact(who: Traits): ReadonlySet<number> {
    const found = new Set<number>();
    this.search(who, (how, pupil) => {
      if (how === "exact") found.add(pupil);
      return false;
    });
    return found;
  }

  /** Whether a description fits one of these pupils closely, and not exactly. */
  isClose(who: Traits, wanted: (pupil: number) => boolean): boolean {
    let exact: ReadonlySet<number> | undefined;
    return this.search(who, (how, pupil) => {
      if (how !== "close" || !wanted(pupil)) return false;
      exact ??= this.exact(who);
      return !exact.has(pupil);
    });
  }

  // Shows all whom a description may fit, some of them twice, until that is enough. It makes no list of
  // them: where every row withdraws under one number, that would be a list of all for each.
  private search(who: Traits, enough: (how: Fit, pupil: number) => boolean): boolean {
    const groups = [
      lookedUp(this.byUpn, who.upn),
      lookedUp(this.byUln, who.uln),
      lookedUp(this.byName, nameKey(who)),
    ];
    return groups.some((group) =>
      group.some((place) => enough(fit(who, this.entries[place]!), this.pupilOf[place]!)),
    );
  }
}

type Groups = ReadonlyMap<string, readonly number[]>;

/** Unites the entries that are one pupil, by the strongest ties first. */
function unite(entries: readonly Traits[], byName: Groups): Union {
  const same = new Union(entries);
  const withBirthday = (number: string | undefined, one: Traits) =>
    number === undefined ? undefined : `${number} ${one.born}`;
  const byUpn = grouped(entries, (one) => withBirthday(one.upn, one));
  const byUln = grouped(entries, (one) => withBirthday(one.uln, one));
  for (const group of inTheirOrder(byUpn)) same.join(group, () => false);
  for (const group of inTheirOrder(byUln)) same.join(group, (a, b) => differ(a.upn, b.upn));
  for (const group of inTheirOrder(byName)) {
    same.join(group, (a, b) => differ(a.upn, b.upn) || differ(a.uln, b.uln));
  }
  return same;
}

function grouped(
  entries: readonly Traits[],
  key: (one: Traits) => string | undefined,
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  entries.forEach((one, at) => {
    const of = key(one);
    if (of === undefined) return;
    const group = groups.get(of);
    if (group === undefined) groups.set(of, [at]);
    else group.push(at);
  });
  return groups;
}

// What one group unites can keep the next apart, so that their order must not be that of the file.
function inTheirOrder(groups: Groups): (readonly number[])[] {
  const sorted = [...groups].sort(([a], [b]) => inOrder(a, b));
  return sorted.map(([, group]) => group);
}

function lookedUp(groups: Groups, key: string | undefined): readonly number[] {
  return (key !== undefined && groups.get(key)) || [];
}

function nameKey(one: Traits): string | undefined {
  return isComplete(one) ? `${one.born}\0${one.forename}\0${one.surname}` : undefined;
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

function compare(a: string | undefined, b: string | undefined): "same" | "different" | "nothing" {
  if (a === undefined || b === undefined) return "nothing";
  return a === b ? "same" : "different";
}

/** What can keep two sets apart. */
interface Marks {
  readonly upn: string | undefined;
  readonly uln: string | undefined;
}

/** Sets of places that are one pupil. */
class Union {
  private readonly parent: number[];
  /** What the members of a set tell, at the set's first place. */
  private readonly marks: Marks[];

  constructor(all: readonly Traits[]) {
    this.parent = all.map((_, at) => at);
    this.marks = all.map(({ upn, uln }) => ({ upn, uln }));
  }

  first(at: number): number {
    let place = at;
    while (this.parent[place] !== place) {
      const above = this.parent[this.parent[place]!]!;
      this.parent[place] = above;
      place = above;
    }
    return place;
  }

  /** Makes one pupil of all members, unless two of them are two pupils: then of none. */
  join(members: readonly number[], contradict: (a: Marks, b: Marks) => boolean): void {
    let seen: Marks = { upn: undefined, uln: undefined };
    for (const member of members) {
      const marks = this.marks[this.first(member)]!;
      if (contradict(seen, marks)) return;
      seen = both(seen, marks);
    }
    for (const other of members.slice(1)) this.merge(members[0]!, other);
  }

  private merge(a: number, b: number): void {
    const [one, other] = [this.first(a), this.first(b)];
    if (one === other) return;
    const [low, high] = [Math.min(one, other), Math.max(one, other)];
    this.parent[high] = low;
    this.marks[low] = both(this.marks[low]!, this.marks[high]!);
  }
}

function both(a: Marks, b: Marks): Marks {
  return { upn: either(a.upn, b.upn), uln: either(a.uln, b.uln) };
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** What is told by one of two; where both tell, the lesser, whatever their order. */
function either(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
