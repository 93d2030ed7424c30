// Rows of made-up pupils, for the tests of what is judged.

import type { Day } from "../../../src/domain/days";
import { BLANK, read, type Columns, type ListRow, type PupilList } from "../../../src/domain/list";
import type { Problem } from "../../../src/domain/problem";

export const TODAY = "2026-11-21" as Day;
export const BORN = "2011-01-15" as Day;
export const UPNS = ["L860410020101", "A860410020102"] as const;
export const ULNS = ["9276308686", "1000000019"] as const;

export const COLUMNS: Columns = {
  forename: "Forename",
  surname: "Surname",
  born: "DOB",
  upn: "UPN",
  uln: "ULN",
  consent: "Consent",
  consentDate: "Consent date",
  withdrawn: "Withdrawn",
  yearGroup: "Year",
  ehcp: null,
  school: "LAESTAB",
};

export const NOBODY: ListRow = {
  number: 0,
  forename: BLANK,
  surname: BLANK,
  born: BLANK,
  upn: BLANK,
  uln: BLANK,
  answer: "unclear",
  consentedOn: BLANK,
  withdrawn: { is: "no" },
  yearGroup: undefined,
  ehcp: false,
  school: BLANK,
};

/** `Forename Surname`, who says this on 1 October 2026. */
function says(answer: "yes" | "no" | "unclear", name: string, but: Partial<ListRow>): ListRow {
  const [forename, surname] = name.split(" ");
  return {
    ...NOBODY,
    forename: read(forename!),
    surname: read(surname!),
    born: read(BORN),
    answer,
    consentedOn: read("2026-10-01" as Day),
    ...but,
  };
}

export const yes = (name: string, but: Partial<ListRow> = {}) => says("yes", name, but);
export const no = (name: string, but: Partial<ListRow> = {}) => says("no", name, but);
export const blank = (name: string, but: Partial<ListRow> = {}) => says("unclear", name, but);

export function withdrawn(name: string, but: Partial<ListRow> = {}): ListRow {
  return says("yes", name, { withdrawn: { is: "yes" }, ...but });
}

/** A list of these rows, the first of them in row 2. */
export function list(rows: readonly ListRow[], but: Partial<PupilList> = {}): PupilList {
  const numbered = rows.map((row, at) => ({ ...row, number: at + 2 }));
  return { columns: COLUMNS, rows: numbered, warnings: [], refusal: undefined, ...but };
}

/** Row and code of each problem. */
export function codes(problems: readonly Problem[]): [number | null, string][] {
  return problems.map(({ row, code }) => [row, code]);
}
