// The project's corpus (`tests/corpus/expected.toml`): small files as schools send them, and what the
// contract says of each. The mirror of `tests/corpus/table.rs`.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { rules } from "../../src/rules";
import type { Judgement } from "../daemon/judgement";

/** The day on which the corpus plays. */
export const TODAY = "2026-11-21";

const FOLDER = join(process.env.KIT_ROOT!, "../tests/corpus");
const FIRST_SCHOOL = 8_604_001;

interface Written {
  readonly fault: string;
  readonly name?: string;
  readonly kind?: string;
  readonly outcome: string;
  readonly counts?: Partial<Counts>;
  readonly problems?: readonly {
    readonly row?: number;
    readonly column?: string;
    readonly code: keyof typeof rules.problems;
    readonly severity?: string;
  }[];
  readonly before?: readonly string[];
  readonly school?: string;
  readonly agreement?: string;
  readonly "grown-to"?: number;
  readonly differs?: string;
}

interface Counts {
  readonly consented: number;
  readonly not_consented: number;
  readonly withdrawn: number;
  readonly rejected: number;
}

/** What the table says of a file, as far as it speaks of it. */
export interface Told {
  readonly kind: string;
  readonly outcome: string;
  readonly counts: Counts;
  /** `row column code severity`, sorted. */
  readonly problems: readonly string[];
}

/** One file of the corpus. */
export interface Entry {
  /** Its path below the corpus. */
  readonly path: string;
  /** The name under which it is uploaded. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The school that sends it: no two files come from the same. */
  readonly school: string;
  /** Nothing that the school sent before, or signed, decides what is said of it. */
  readonly standsAlone: boolean;
  /** It names a school that is not the one that sends it. */
  readonly namesAnother: boolean;
  readonly told: Told;
}

/** Every file of the corpus, in the order of the table's paths. */
export function entries(): Entry[] {
  const table = parse(readFileSync(join(FOLDER, "expected.toml"), "utf8"));
  const written = Object.entries(table as unknown as Record<string, Written>);
  written.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return written.map(([path, entry], at) => entryOf(path, entry, FIRST_SCHOOL + at));
}

/** What is said of a file, cut to what the table speaks of. */
export function toldOf({ kind, outcome, counts, problems }: Judgement): Told {
  const count = (what: keyof Counts) => counts?.[what] ?? 0;
  return {
    kind,
    outcome,
    counts: {
      consented: count("consented"),
      not_consented: count("not_consented"),
      withdrawn: count("withdrawn"),
      rejected: count("rejected"),
    },
    problems: problems
      .map(({ row, column, code, severity }) => line(row, column, code, severity))
      .sort(),
  };
}

function entryOf(path: string, written: Written, number: number): Entry {
  const name = written.name ?? path.slice(path.lastIndexOf("/") + 1);
  const problems = written.problems ?? [];
  const inForce = (written.agreement ?? "in-force") === "in-force";
  return {
    path,
    name,
    bytes: grown(readFileSync(join(FOLDER, path)), written["grown-to"]),
    school: written.school ?? String(number),
    standsAlone: (written.before ?? []).length === 0 && inForce,
    namesAnother: problems.some(({ code }) => code === "wrong-school"),
    told: {
      kind: written.kind ?? "consent-list",
      outcome: written.outcome,
      counts: { consented: 0, not_consented: 0, withdrawn: 0, rejected: 0, ...written.counts },
      problems: problems
        .map(({ row, column, code, severity }) =>
          line(row ?? null, column ?? null, code, severity ?? rules.problems[code].severity),
        )
        .sort(),
    },
  };
}

function line(row: number | null, column: string | null, code: string, severity: string): string {
  return `${row ?? "file"} «${column ?? "-"}» ${code} (${severity})`;
}

function grown(bytes: Buffer, to: number | undefined): Uint8Array {
  if (to === undefined) return bytes;
  return Buffer.concat([bytes, Buffer.alloc(to - bytes.length, " ")]);
}
