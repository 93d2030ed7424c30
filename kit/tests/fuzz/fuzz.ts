// Files that nobody thought of, asked of the page's code and of the daemon: where the two differ, the
// smallest file that shows it is kept and printed.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { check } from "../../src/checking";
import { cleaned } from "../../src/cleaning";
import type { Day } from "../../src/domain/days";
import { entries, TODAY } from "../corpus/table";
import { asTold, Desk, type Judgement } from "../daemon/judgement";
import { each } from "../daemon/parallel";
import { mustBeThere } from "../daemon/program";
import { Dice } from "./dice";
import { specimen } from "./making";
import { smallest, type Specimen } from "./specimen";

/** No file may keep a school waiting longer than this, in milliseconds. */
const PATIENCE = 10_000;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "7" },
    from: { type: "string", default: "0" },
    count: { type: "string", default: "600" },
    most: { type: "string", default: "10" },
  },
});
const [seed, from, count] = [values.seed, values.from, values.count].map(Number) as [
  number,
  number,
  number,
];

mustBeThere();
const desk = new Desk();
// What is sealed is opened by the council's key alone.
const corpus = entries().filter(({ name }) => !name.endsWith(".age"));
const began = performance.now();
const outcomes = new Map<string, number>();
let slowest = { took: 0, at: 0 };
const differing: number[] = [];
const laundered: number[] = [];
let clean = 0;

await each(
  Array.from({ length: count }, (_, n) => from + n),
  async (at) => {
    if (differing.length >= Number(values.most)) return;
    const thrown = specimen(new Dice(seed, at), corpus);
    const [page, daemon] = await asked(thrown, at);
    outcomes.set(daemon.outcome, (outcomes.get(daemon.outcome) ?? 0) + 1);
    if (!isDeepStrictEqual(page, daemon)) differing.push(at);
    else if (!(await staysTheSame(thrown, daemon))) laundered.push(at);
  },
);

const kept = mkdtempSync(join(tmpdir(), "kit-fuzz-"));
for (const at of differing.sort((a, b) => a - b)) await report(at);
desk.clear();

const seconds = ((performance.now() - began) / 1000).toFixed(1);
const said = [...outcomes].sort().map(([outcome, files]) => `${files} ${outcome}`);
for (const at of laundered)
  console.log(`seed ${seed}, file ${at}: its clean list says something else`);
console.log(`${clean} clean lists were made, of which ${laundered.length} say something else`);
console.log(
  `${count} files in ${seconds} s (${said.join(", ")}); the slowest, ${slowest.at}, took`,
);
console.log(`the page ${slowest.took.toFixed(0)} ms; ${differing.length} differ`);
if (differing.length + laundered.length > 0 || slowest.took > PATIENCE) process.exitCode = 1;

async function asked({ name, bytes }: Specimen, at?: number): Promise<[Judgement, Judgement]> {
  const daemon = await desk.validate(name, bytes, TODAY);
  const start = performance.now();
  const page = judgedByThePage(name, bytes);
  const took = performance.now() - start;
  if (at !== undefined && took > slowest.took) slowest = { took, at };
  return [page, daemon];
}

/** Whether the daemon says of the clean list, where the page makes one, what it says of the list itself. */
async function staysTheSame({ name, bytes }: Specimen, daemon: Judgement): Promise<boolean> {
  const list = cleaned(name, check(name, bytes, TODAY as Day));
  if (list === undefined) return true;
  clean += 1;
  const { kind, outcome, counts } = await desk.validate(list.name, list.bytes, TODAY);
  return isDeepStrictEqual(
    { kind, outcome, counts },
    { kind: daemon.kind, outcome: daemon.outcome, counts: daemon.counts },
  );
}

/** What the page says; a thrown error is a judgement that no daemon makes. */
function judgedByThePage(name: string, bytes: Uint8Array): Judgement {
  try {
    return asTold(check(name, bytes, TODAY as Day));
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: "thrown", outcome: words, counts: null, notes: [], problems: [] };
  }
}

async function report(at: number): Promise<void> {
  const differs = async (one: Specimen) => {
    const [page, daemon] = await asked(one);
    return !isDeepStrictEqual(page, daemon);
  };
  const least = await smallest(specimen(new Dice(seed, at), corpus), differs);
  const [page, daemon] = await asked(least);
  const path = join(kept, `${at}-${least.name}`);
  writeFileSync(path, least.bytes);
  console.log(`\nseed ${seed}, file ${at}: ${path}`);
  const shown = least.about ?? JSON.stringify(Buffer.from(least.bytes).toString());
  console.log(`  ${shown.slice(0, 400)}`);
  console.log(`  page   ${JSON.stringify(partsOf(page, daemon)).slice(0, 900)}`);
  console.log(`  daemon ${JSON.stringify(partsOf(daemon, page)).slice(0, 900)}`);
}

/** The parts in which one differs from the other. */
function partsOf(one: Judgement, other: Judgement): Partial<Judgement> {
  const parts = Object.entries(one).filter(
    ([key, value]) => !isDeepStrictEqual(value, other[key as keyof Judgement]),
  );
  return Object.fromEntries(parts);
}
