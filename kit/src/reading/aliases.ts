// The headers that schools write, as the closed list of the rules, and which of two goes first. Knows no
// rows. The mirror of the daemon's `reading::aliases`.

import { lettersAndNumerals } from "../domain/letters";
import { rules } from "../rules";

/** What a column of a list holds, in the order of a list's own template. */
export const FIELDS = [
  "forename",
  "surname",
  "whole_name",
  "born",
  "upn",
  "uln",
  "consent",
  "consent_date",
  "withdrawn",
  "year_group",
  "ehcp",
  "school",
] as const;

/** What a column of a list holds. */
export type Field = (typeof FIELDS)[number];

/** A header's field, and its rank among the headers of that field: the lowest is taken. */
export interface Alias {
  readonly field: Field;
  readonly rank: number;
}

/** Whether the column says who a pupil is: where it is in doubt, nothing in the list is used. */
export function identifies(field: Field): boolean {
  return IDENTIFYING.includes(field);
}

/** What a column under this header holds; case, spaces and punctuation do not matter. */
export function aliasOf(header: string): Alias | undefined {
  const compact = compacted(header);
  return compact.length > LONGEST_ALIAS ? undefined : ALIASES.get(compact);
}

/** How many different fields these cells name. */
export function fieldsNamed(cells: Iterable<string>): number {
  const fields = new Set<Field>();
  for (const cell of cells) {
    const alias = aliasOf(cell);
    if (alias !== undefined) fields.add(alias.field);
  }
  return fields.size;
}

/**
 * Whether a header speaks of agreeing or refusing. One that is not known may be what decides who is on the
 * list: it must not be overlooked.
 */
export function speaksOfConsent(header: string): boolean {
  const compact = compacted(header);
  return rules.consent_stems.some((stem) => compact.includes(stem));
}

/** Columns of EHCPs from this rank on hold SEN codes. */
export const SEN = rules.sen;

/** Columns of schools from this rank on may hold names. */
export const SCHOOL_NAMES = rules.school_names;

// The part of a header that is compared: letters and numerals in lower case.
function compacted(header: string): string {
  return lettersAndNumerals(header).toLowerCase();
}

const IDENTIFYING: readonly Field[] = ["forename", "surname", "whole_name", "born", "upn", "uln"];

const ALIASES: ReadonlyMap<string, Alias> = new Map(
  rules.aliases.flatMap(([compact, named, rank]) => {
    const field = FIELDS.find((known) => known === named);
    return field === undefined ? [] : [[String(compact), { field, rank: Number(rank) }] as const];
  }),
);

const LONGEST_ALIAS = Math.max(...[...ALIASES.keys()].map((compact) => compact.length));
