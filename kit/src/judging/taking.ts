// Whether a list as a whole is taken. Where it is not, withdrawals take effect all the same, as far as the
// reason for the refusal leaves them trustworthy. The agreement is taken to be in force: a page can't know.

import type { PupilList, SchoolNamed } from "../domain/list";
import { ofFile, ofRow, type Problem } from "../domain/problem";
import { rules } from "../rules";
import { valueOf } from "./identity";
import type { ListKind, School } from "./judgement";
import { isBad, type Row } from "./rows";

/** What is taken of a list. */
export type Taking =
  /** All of its good rows. */
  | { readonly is: "all" }
  /** The list as such is doubtful: it adds nothing and is remembered for nobody. */
  | { readonly is: "whom-it-fits"; readonly problem: Problem }
  /** Too many rows are bad: what withdraws is taken, and each bad row is told of. */
  | { readonly is: "withdrawals"; readonly problem: Problem };

/** What is taken of this list. */
export function takingOf(
  kind: ListKind,
  list: PupilList,
  rows: readonly Row[],
  school: School | undefined,
): Taking {
  const doubt = list.refusal?.problem ?? (school && wrongSchool(list, rows, school));
  if (doubt !== undefined) return { is: "whom-it-fits", problem: doubt };
  // Each row of a file of withdrawals stands alone.
  if (kind === "withdrawal") return { is: "all" };
  const problem = tooManyBad(rows);
  return problem === undefined ? { is: "all" } : { is: "withdrawals", problem };
}

// A name proves nothing, and a URN only where the school's own is known.
function wrongSchool(list: PupilList, rows: readonly Row[], school: School): Problem | undefined {
  const elsewhere = (named: SchoolNamed | undefined) => {
    if (named?.is === "laestab") return named.number !== school.laestab;
    return named?.is === "urn" && typeof school.urn === "number" && named.number !== school.urn;
  };
  const first = rows.find((row) => elsewhere(valueOf(row.told.school)));
  return first && ofRow("wrong-school", first.told.number, list.columns.school);
}

// "Good rows are taken and bad rows reported, unless at least 3 rows and more than 10 % of the rows are bad:
// then the list is rejected whole and nothing changes. All rows bad: rejected, however few."
function tooManyBad(rows: readonly Row[]): Problem | undefined {
  const bad = rows.filter(isBad).length;
  const problem = ofFile("too-many-bad-rows");
  if (bad === rows.length) {
    return { ...problem, message: "No row of the list can be used as it is, so nothing changed." };
  }
  const many = bad >= rules.fewest_bad && bad * 100 > rows.length * rules.max_bad_rows;
  const message = `${bad} of ${rows.length} rows need mending, so the whole list was refused.`;
  return many ? { ...problem, message } : undefined;
}
