// What the council's daemon would say of a file, by its name and bytes alone: as `pillarbox validate`
// tells it. It knows no earlier lists, no requests that wait and no notices; only a receipt counts.

import { birthday } from "./domain/cohorts";
import type { Day } from "./domain/days";
import { BLANK, type Kind, type PupilList } from "./domain/list";
import { ofFile, type Problem } from "./domain/problem";
import { judge } from "./judging/judge";
import {
  NO_ROWS,
  type Judgement,
  type ListKind,
  type RowCounts,
  type School,
} from "./judging/judgement";
import { confirmedNotices, requestReason, type Body } from "./reading/body";
import { contentOf } from "./reading/content";
import { contents, type Contents } from "./reading/contents";
import { Header } from "./reading/header";
import { kindOf, namesRefusals } from "./reading/kind";
import { pupils, type ListAsk } from "./reading/pupils";
import type { Table } from "./reading/table";
import { Unreadable } from "./reading/unreadable";
import { rules } from "./rules";

/** A list of pupils that could be read. */
export interface ReadList {
  readonly kind: ListKind;
  /** The rows of the file as they stood, title rows and header among them. */
  readonly table: Table;
  /** The header row, and which columns are known. */
  readonly header: Header;
  /** What was read of each row below the header, in order. */
  readonly list: PupilList;
  /** By what it was read. */
  readonly ask: ListAsk;
}

/** What would be said of a file. */
export interface Checked {
  /** What its name says that it is. */
  readonly kind: Kind;
  readonly outcome: Judgement["outcome"];
  /** How many rows of what; null for what is no list. */
  readonly counts: RowCounts | null;
  /** What the school must know first. */
  readonly notes: readonly string[];
  /** What to mend: of the file first, then by row. */
  readonly problems: readonly Problem[];
  /** Its name says that it is encrypted to the council's intake key: nobody can look into it here. */
  readonly encrypted: boolean;
  /** The list as a whole is in doubt: `cleaned` makes nothing of it. */
  readonly doubtful: boolean;
  /** The list, where the file is one and could be read; also where it is refused. */
  readonly read: ReadList | undefined;
}

/**
 * Checks a file under the name by which it will be uploaded, on this day. Where it is told whose list it
 * is, a list that names another school is refused.
 */
export function check(
  name: string,
  bytes: Uint8Array,
  today: Day,
  school?: School | undefined,
): Checked {
  const { kind, encrypted } = kindOf(name);
  if (bytes.length > rules.limits.max_bytes) return refused(kind, ofFile("file-too-large"));
  if (kind === "unknown") return refused(kind, ofFile("file-type-unknown"));
  if (encrypted) {
    const why = contentOf(bytes) === "Encrypted" ? SEALED : NOT_SEALED;
    return { ...refused(kind, why), encrypted };
  }
  if (kind === "discrepancy") return discrepancy(name, bytes);
  const held = contentsOf(name, bytes);
  if (isProblem(held)) return refused(kind, held);
  switch (kind) {
    case "consent-list":
    case "addition":
    case "withdrawal":
      if (held.is === "text") return refused(kind, ofFile("file-type-unknown"));
      return listed(name, kind, held.table, today, school);
    case "request":
    case "destruction":
      if (held.is === "rows") return refused(kind, ofFile("file-type-unknown"));
      return kind === "request" ? request(held.body) : destruction(held.body);
  }
}

/** Checks the rows of a list that came from a file of this name, and may have been mended since. */
export function checkTable(
  name: string,
  table: Table | Problem,
  today: Day,
  school?: School | undefined,
): Checked {
  const { kind } = kindOf(name);
  if (kind !== "consent-list" && kind !== "addition" && kind !== "withdrawal") {
    return refused(kind, ofFile("file-type-unknown"));
  }
  return isProblem(table) ? refused(kind, table) : listed(name, kind, table, today, school);
}

function listed(
  name: string,
  kind: ListKind,
  table: Table,
  today: Day,
  school: School | undefined,
): Checked {
  const { youngest_serial, oldest_serial } = rules.ages;
  const ask = {
    fileRefuses: namesRefusals(name),
    pupilBorn: {
      first: birthday(today, -oldest_serial),
      last: birthday(today, -youngest_serial),
    },
  };
  const list = pupils(table, kind, ask);
  if (isProblem(list)) return refused(kind, list);
  const header = Header.find(table, kind);
  if (isProblem(header)) return refused(kind, header);
  const judgement = judge(kind, school === undefined ? ofAnySchool(list) : list, today, school);
  return { kind, ...judgement, encrypted: false, read: { kind, table, header, list, ask } };
}

// Where nobody said whose list it is, the schools in it are compared with none.
function ofAnySchool(list: PupilList): PupilList {
  return { ...list, rows: list.rows.map((row) => ({ ...row, school: BLANK })) };
}

function request(body: Body): Checked {
  const reason = requestReason(body);
  return typeof reason === "string" ? taken("request") : refused("request", reason);
}

// What is no text is a discrepancy without words.
function discrepancy(name: string, bytes: Uint8Array): Checked {
  if (bytes.length === 0) return refused("discrepancy", ofFile("file-empty"));
  const held = contentsOf(name, bytes);
  const text = !isProblem(held) && held.is === "text" ? held.body.text : "";
  return { ...taken("discrepancy"), notes: text === "" ? [NO_WORDS] : [] };
}

// Nobody here knows which notices are open: a confirmation is as good as the daemon would find it with none.
function destruction(body: Body): Checked {
  const ids = confirmedNotices(body);
  if (isProblem(ids)) return refused("destruction", ids);
  const unknown = ofFile("notice-unknown");
  if (ids.length === 0) {
    return refused("destruction", { ...unknown, message: "The file names no notice." });
  }
  const problems = ids.map((id) => ({
    ...unknown,
    message: `Your school has no open notice ${id}.`,
  }));
  return { ...taken("destruction"), outcome: "rejected", problems };
}

function contentsOf(name: string, bytes: Uint8Array): Contents | Problem {
  try {
    return contents(name, bytes);
  } catch (why) {
    if (why instanceof Unreadable) return why.problem();
    throw why;
  }
}

function isProblem<T extends object>(read: T | Problem): read is Problem {
  return "code" in read;
}

function taken(kind: Kind): Checked {
  return {
    kind,
    outcome: "accepted",
    counts: null,
    notes: [],
    problems: [],
    doubtful: false,
    encrypted: false,
    read: undefined,
  };
}

function refused(kind: Kind, problem: Problem): Checked {
  const ofPupils = kind === "consent-list" || kind === "addition" || kind === "withdrawal";
  return {
    ...taken(kind),
    outcome: "rejected",
    counts: ofPupils ? NO_ROWS : null,
    problems: [problem],
  };
}

const SEALED: Problem = {
  ...ofFile("file-encrypted-to-another-key"),
  message:
    "This file is encrypted, so this page can't look into it. The council's receipt will tell you what it found.",
  fix: "To check the list before you send it, drop the file from which you made this one.",
};

const NOT_SEALED: Problem = {
  ...ofFile("file-unreadable"),
  message: "The name of the file ends in «.age», but the file is not encrypted, or it is damaged.",
  fix: "Encrypt the list once more, or send it without «.age» at the end of its name.",
};

// RULES: the daemon's `flow::discrepancies::NO_WORDS`.
const NO_WORDS =
  "Only plain text and spreadsheets can be read here: the council sees that your school found something, and not what. Please send it once more as a .txt file, or tell the council's contact below.";
