// What to mend, told as a person mends it: first in one sentence, then alike with alike, each with the places
// where it is. Knows the problems of a checked list, and nothing of the page.

import type { Checked } from "../checking";
import { rules } from "../rules";
import type { Code, Problem, Severity } from "../domain/problem";
import { counted } from "./telling";

/** Problems of one kind. */
export interface Group {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
  readonly problems: readonly Problem[];
}

/** What is said of a list in one sentence, and how good it is. */
export interface Summary {
  readonly tone: "good" | "warn" | "bad";
  readonly sentence: string;
  /** What it means. */
  readonly detail: string;
}

/** Alike with alike: errors first, and what is of the whole file before what is of rows. */
export function grouped(problems: readonly Problem[]): readonly Group[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.code} ${problem.row === null ? problem.message : ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  return [...groups.values()].map(groupOf).sort((a, b) => weight(a) - weight(b));
}

/** How many rows have an error. */
export function rowsToMend(problems: readonly Problem[]): number {
  const rows = problems.filter(({ row, severity }) => row !== null && severity === "error");
  return new Set(rows.map(({ row }) => row)).size;
}

/** What is said first. */
export function summary(checked: Checked): Summary {
  const bad = rowsToMend(checked.problems);
  const { outcome } = checked;
  if (outcome === "rejected") return refusal(checked, bad);
  if (outcome === "accepted-with-errors") {
    return {
      tone: "warn",
      sentence: `${counted(bad, "row needs", "rows need")} mending`,
      detail: `The council can take the other rows as they are. ${bad === 1 ? "This row" : "These rows"} would be left out.`,
    };
  }
  const checks = checked.problems.length;
  if (checks === 0) {
    return {
      tone: "good",
      sentence: "The council can take this file as it is",
      detail: "There is nothing to mend.",
    };
  }
  return {
    tone: "good",
    sentence: "The council can take this file",
    detail: `Nothing must be mended. There ${checks === 1 ? "is one thing" : `are ${checks.toLocaleString("en-GB")} things`} to check.`,
  };
}

function refusal({ problems, counts }: Checked, bad: number): Summary {
  const ofFile = problems.filter(({ row, severity }) => row === null && severity === "error");
  const isForRows = ofFile.length === 0 || ofFile.every(({ code }) => code === "too-many-bad-rows");
  if (bad > 0 && isForRows) {
    return {
      tone: "bad",
      sentence: `${counted(bad, "row needs", "rows need")} mending before the council can take this list`,
      detail:
        counts !== null && bad === counts.rows
          ? "No row can be used as it is."
          : "So many rows are wrong that the council would refuse the list as a whole.",
    };
  }
  return {
    tone: "bad",
    sentence: "The council would not take this file",
    detail: ofFile[0]?.message ?? "",
  };
}

// Of rows, each may say it in words of its own: then the group says it in the code's.
function groupOf(problems: readonly Problem[]): Group {
  const [first] = problems;
  if (first === undefined) throw new Error("a group without a problem");
  const { code, severity } = first;
  const one = <Told>(told: (problem: Problem) => Told, otherwise: Told) =>
    problems.every((problem) => told(problem) === told(first)) ? told(first) : otherwise;
  return {
    code,
    severity,
    message: one(({ message }) => message, rules.problems[code].message),
    fix: one(({ fix }) => fix, rules.problems[code].fix),
    problems,
  };
}

function weight({ severity, problems }: Group): number {
  return (severity === "error" ? 0 : 2) + (problems[0]?.row === null ? 0 : 1);
}
