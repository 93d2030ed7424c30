// What to mend, row by row: bad cells, pupils who are there twice, years that do not fit, days of consent
// that had to be assumed.

import { yearGroup } from "../domain/cohorts";
import type { Day } from "../domain/days";
import type { Columns } from "../domain/list";
import { ofFile, ofRow, type Problem } from "../domain/problem";
import { valueOf } from "./identity";
import { goodRows, type Person } from "./people";
import { isBad, speaks, type Row } from "./rows";

/** What is wrong with the cells of a row: a warning where the row was used all the same. */
export function cells(row: Row, used: boolean): Problem[] {
  const severity = used ? "warning" : "error";
  return row.faults.map(({ code, column }) => ({
    ...ofRow(code, row.told.number, column),
    severity,
  }));
}

/** "The same pupil twice: merged with a warning; if any copy says no or withdrawn, no wins." */
export function copies(person: Person): Problem[] {
  const [first, ...others] = person.rows.length > 1 ? person.rows.filter(speaks) : [];
  if (first === undefined) return [];
  const says = (row: Row) => row.claim.is === "yes";
  const conflict = [first, ...others].some(says) && ![first, ...others].every(says);
  const code = conflict ? "duplicate-conflict" : "duplicate-merged";
  const message = conflict
    ? `This is the same pupil as in row ${first.told.number}, with and without consent; the no was taken.`
    : `This is the same pupil as in row ${first.told.number}; the rows were taken as one.`;
  return others.map((row) => ({ ...ofRow(code, row.told.number, null), message }));
}

/** "Must not contradict the date of birth by more than a year (warning)." */
export function unlikelyYear(row: Row, columns: Columns, today: Day): Problem[] {
  const born = valueOf(row.told.born);
  const told = row.told.yearGroup;
  if (told === undefined || born === undefined || isBad(row)) return [];
  const fits = Math.abs(told - yearGroup(born, today)) <= 1;
  return fits ? [] : [ofRow("year-group-unlikely", row.told.number, columns.yearGroup)];
}

/** One warning for a list that tells no day of consent at all, else one for each row that lacks it. */
export function assumed(
  consenting: readonly Person[],
  rows: readonly Row[],
  columns: Columns,
): Problem[] {
  const undated = consenting.filter((person) => !person.dated).flatMap(goodRows);
  const dated = rows.some(({ claim }) => claim.is === "yes" && claim.day !== undefined);
  if (undated.length > 0 && !dated) return [ofFile("consent-date-assumed")];
  return undated.map((row) => ofRow("consent-date-assumed", row.told.number, columns.consentDate));
}
