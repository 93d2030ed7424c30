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
      const reached = new Set(withdraws(row) ? this.crowd.exact(row.traits) : []);
      if (own !== undefined) reached.add(own);
      for (const one of reached) {
        const person = persons[one]!;
        person.word = stronger(person.word, row.claim.is);
        person.dated ||= row.claim.is === "yes" && row.claim.day !== undefined;
      }
    }
    this.persons = persons;
  }

  /** The pupil of a row that tells names and date of birth. */
  of(row: Row): Person | undefined {
    const pupil = this.crowd.pupil(row.traits);
    return pupil === undefined ? undefined : this.persons[pupil];
  }

  /** Whether a withdrawing row may mean somebody whom the list says yes for, and whom it does not fit. */
  mayMeanAnother(row: Row): boolean {
    return this.crowd.isClose(row.traits, (pupil) => this.persons[pupil]!.word === "yes");
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
