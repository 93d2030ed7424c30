// Which rows are one pupil, whom a withdrawing row reaches beside its own, and what the list as a whole
// says of each pupil.

import { Crowd } from "./identity";
import { isBad, speaks, withdraws, type Row } from "./rows";

/**
 * What a list says of one pupil, all rows together: "if any copy says no or withdrawn, no wins". `silent`:
 * nothing that counts.
 */
export type Word = "silent" | "yes" | "unclear" | "no" | "withdrawn";

/** One pupil. */
export interface Person {
  /** The rows about the pupil, good or bad, as they stand in the list. */
  readonly rows: readonly Row[];
  readonly word: Word;
  /** A row says yes and on which day. */
  readonly dated: boolean;
}

/** The pupils of a list. */
export class People {
  readonly persons: readonly Person[];
  private readonly crowd: Crowd;
  private readonly consentingOf = new Map<readonly number[], readonly number[]>();

  constructor(rows: readonly Row[]) {
    this.crowd = new Crowd(rows.map((row) => row.traits));
    const persons: { rows: Row[]; word: Word; dated: boolean }[] = [];
    for (let at = 0; at < this.crowd.size; at += 1) {
      persons.push({ rows: [], word: "silent", dated: false });
    }
    for (const row of rows) {
      const own = this.crowd.pupil(row.traits);
      if (own !== undefined) persons[own]!.rows.push(row);
      if (!speaks(row)) continue;
      const hear = (one: number) => {
        const person = persons[one]!;
        person.word = stronger(person.word, row.claim.is);
        person.dated ||= row.claim.is === "yes" && row.claim.day !== undefined;
      };
      if (own !== undefined) hear(own);
      if (withdraws(row)) for (const group of this.crowd.exact(row.traits)) group.forEach(hear);
    }
    this.persons = persons;
  }

  /** The pupil of a row that tells names and date of birth. */
  of(row: Row): Person | undefined {
    const pupil = this.crowd.pupil(row.traits);
    return pupil === undefined ? undefined : this.persons[pupil];
  }

  /**
   * Whether a withdrawing row tells the identifier of somebody whom the list says yes for, and does not fit
   * them all the same.
   */
  mayMeanAnother({ traits }: Row): boolean {
    const others = this.crowd.sharing(traits).map((group) => this.consenting(group));
    if (others.every((group) => group.length === 0)) return false;
    const exact = new Set(this.crowd.exact(traits).flat());
    return others.some((group) => group.some((one) => !exact.has(one)));
  }

  private consenting(group: readonly number[]): readonly number[] {
    const known = this.consentingOf.get(group);
    if (known !== undefined) return known;
    const found = group.filter((one) => this.persons[one]!.word === "yes");
    this.consentingOf.set(group, found);
    return found;
  }
}

/** The rows that can be used. */
export function goodRows(person: Person): readonly Row[] {
  return person.rows.filter((row) => !isBad(row));
}

function stronger(a: Word, b: Word): Word {
  return WORDS.indexOf(a) >= WORDS.indexOf(b) ? a : b;
}

/** The words, the strongest last. */
const WORDS: readonly Word[] = ["silent", "yes", "unclear", "no", "withdrawn"];
