// What `pillarbox validate` says of a file: the yardstick for the page.

import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RowCounts } from "../../src/judging/judgement";
import { ended, PILLARBOX } from "./program";

/** One problem, as a receipt and `validate --json` print it. */
export interface ToldProblem {
  readonly row: number | null;
  readonly column: string | null;
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly fix: string;
}

/** What is told of a file; the same from the page and from the daemon. */
export interface Judgement {
  readonly kind: string;
  readonly outcome: string;
  readonly counts: RowCounts | null;
  readonly notes: readonly string[];
  readonly problems: readonly ToldProblem[];
}

/** A folder of its own for every file, because a file's name decides what it is. */
export class Desk {
  private readonly folder = mkdtempSync(join(tmpdir(), "kit-desk-"));
  private files = 0;

  /** What the program says of these bytes under this name on this day. */
  async validate(name: string, bytes: Uint8Array, today: string): Promise<Judgement> {
    const place = join(this.folder, String((this.files += 1)));
    await mkdir(place);
    try {
      await writeFile(join(place, name), bytes);
      const args = ["validate", "--json", "--today", today, "--", join(place, name)];
      const { code, out, err } = await ended(PILLARBOX, args);
      try {
        return JSON.parse(out.toString()) as Judgement;
      } catch {
        throw new Error(`validate said no JSON of ${name} (${code}): ${err}${out.toString()}`);
      }
    } finally {
      await rm(place, { recursive: true });
    }
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The part of what the page's own `check` gives that the daemon prints too. */
export function asTold(checked: Judgement): Judgement {
  const { kind, outcome, counts, notes, problems } = checked;
  const plain = problems.map(({ row, column, code, severity, message, fix }) => {
    return { row, column, code, severity, message, fix };
  });
  return { kind, outcome, counts: counts && { ...counts }, notes: [...notes], problems: plain };
}
