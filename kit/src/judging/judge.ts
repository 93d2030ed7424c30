// What the council's daemon would say of a list, were it the school's first: read `judge` from top to
// bottom. Without earlier lists nobody lapses, nobody is restored, and no withdrawal fits an earlier
// consent, so that this is far shorter than the daemon's `policy::judge`, and says the same.

import type { Day } from "../domain/days";
import type { PupilList, Refusal } from "../domain/list";
import { ofFile, ofRow, type Problem } from "../domain/problem";
import { rules } from "../rules";
import { isTooAlike } from "./alike";
import * as faults from "./faults";
import { NO_ROWS, type Judgement, type ListKind, type RowCounts, type School } from "./judgement";
import { People, type Person } from "./people";
import { isBad, understood, withdraws, type Row } from "./rows";
import { takingOf, type Taking } from "./taking";

/** What is said of a list that came on this day. Schools in it are compared with this one, if any. */
export function judge(
  kind: ListKind,
  list: PupilList,
  today: Day,
  school?: School | undefined,
): Judgement {
  if (list.refusal?.identifiesNobody === true) return nothingUsed(list, list.refusal);
  if (list.rows.length === 0 && list.refusal === undefined) return noRows(list);
  const rows = understood(kind, list, today);
  if (isTooAlike(rows)) return tooAlike(list);
  const taking = takingOf(kind, list, rows, school);
  const people = new People(rows);
  const stopped = stops(kind, taking, rows, people);
  const fates = rows.map((row) => fateOf(row, taking, people, stopped));
  const consenting =
    taking.is === "all" && kind !== "withdrawal"
      ? people.persons.filter((person) => person.word === "yes")
      : [];

  const problems: Problem[] = [
    ...(taking.is === "all" ? [] : [taking.problem]),
    ...[...stopped].flatMap(([row, why]) => told(kind, row, why)),
    ...list.warnings,
  ];
  if (taking.is !== "whom-it-fits") {
    problems.push(...rows.flatMap((row, at) => faults.cells(row, fates[at] === "withdrawn")));
  }
  if (taking.is === "all") {
    problems.push(
      ...people.persons.flatMap(faults.copies),
      ...rows.flatMap((row) => faults.unlikelyYear(row, list.columns, today)),
      ...faults.assumed(consenting, rows, list.columns),
    );
  }
  const counts = counted(fates, consenting);
  return {
    outcome: outcomeOf(taking, counts),
    counts,
    notes: taking.is === "all" ? [] : despite(stopped.size),
    problems: problems.sort((a, b) => (a.row ?? 0) - (b.row ?? 0)),
    doubtful: taking.is === "whom-it-fits",
  };
}

/** A list in which it is doubtful who the pupils are: it does nothing, and the first line says so. */
function nothingUsed(list: PupilList, refusal: Refusal): Judgement {
  return refused(list, refusal.problem, [rules.nothing_used]);
}

/** A list in which so many rows tell alike that nobody could say whom each of them means. */
function tooAlike(list: PupilList): Judgement {
  const problem = { ...ofFile("file-unreadable"), ...rules.too_alike };
  return { ...refused(list, problem, [rules.nothing_used]), doubtful: true };
}

function noRows(list: PupilList): Judgement {
  const message = "The list has a row of headers and no pupils, so nothing changed.";
  return refused(list, { ...ofFile("file-empty"), message }, []);
}

function refused(list: PupilList, problem: Problem, notes: readonly string[]): Judgement {
  const rows = list.rows.length;
  return {
    outcome: "rejected",
    counts: { ...NO_ROWS, rows, rejected: rows },
    notes,
    problems: [problem, ...list.warnings],
    doubtful: list.refusal !== undefined,
  };
}

/** Why a row takes effect as a withdrawal, though no earlier list has anybody whom it could withdraw. */
type Stop =
  /** It may mean somebody whom this list says yes for: they are held. */
  | "near"
  /** It fits nobody, and is remembered. */
  | "unlisted";

function stops(
  kind: ListKind,
  taking: Taking,
  rows: readonly Row[],
  people: People,
): ReadonlyMap<Row, Stop> {
  const stopped = new Map<Row, Stop>();
  const holds = taking.is === "all" && kind !== "withdrawal";
  const remembers = taking.is !== "whom-it-fits";
  for (const row of rows.filter(withdraws)) {
    if (holds && people.mayMeanAnother(row)) stopped.set(row, "near");
    else if (row.claim.is === "withdrawn" && remembers && !isBad(row)) stopped.set(row, "unlisted");
  }
  return stopped;
}

function told(kind: ListKind, row: Row, why: Stop): Problem[] {
  if (why === "near") return [ofRow("withdrawal-near", row.told.number, null)];
  const problem = ofRow("pupil-not-on-a-list", row.told.number, null);
  if (kind === "withdrawal") return [problem];
  const message =
    "This pupil had not consented on an earlier list. The withdrawal is remembered, should a later list say yes.";
  return [{ ...problem, message }];
}

/** What became of a row. */
type Fate = "consented" | "not_consented" | "withdrawn" | "rejected";

// Of a refused list all is rejected but what withdraws.
function fateOf(row: Row, taking: Taking, people: People, stopped: ReadonlyMap<Row, Stop>): Fate {
  if (stopped.has(row)) return "withdrawn";
  const person = people.of(row);
  if (taking.is !== "all" || person === undefined || isBad(row)) return "rejected";
  switch (person.word) {
    case "yes":
      return "consented";
    case "withdrawn":
      return "withdrawn";
    case "no":
    case "unclear":
    case "silent":
      return "not_consented";
  }
}

function counted(fates: readonly Fate[], consenting: readonly Person[]): RowCounts {
  const count = (fate: Fate) => fates.filter((one) => one === fate).length;
  return {
    ...NO_ROWS,
    rows: fates.length,
    consented: count("consented"),
    not_consented: count("not_consented"),
    withdrawn: count("withdrawn"),
    rejected: count("rejected"),
    new: consenting.length,
  };
}

function outcomeOf(taking: Taking, counts: RowCounts): Judgement["outcome"] {
  if (taking.is !== "all" || counts.rejected === counts.rows) return "rejected";
  return counts.rejected > 0 ? "accepted-with-errors" : "accepted";
}

function despite(rows: number): string[] {
  if (rows === 0) return [];
  const [withdraw, took] =
    rows === 1 ? ["1 row that withdraws", "This"] : [`${rows} rows that withdraw`, "These"];
  return [
    `The list was not taken, but it has ${withdraw} consent. ${took} took effect all the same.`,
  ];
}
