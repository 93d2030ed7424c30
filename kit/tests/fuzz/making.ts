// Which file is thrown: a list made of cells, or one of the corpus with something changed in it.

import { unzipSync, zipSync } from "fflate";
import type { Entry } from "../corpus/table";
import { cellFor, headerFor, type Column } from "./cells";
import type { Dice } from "./dice";
import { ofBytes, ofGrid, ofParts, type Specimen } from "./specimen";
import { dressOf, textFile } from "./texts";
import { bindingOf, workbook } from "./workbooks";

/** A file, by these dice. */
export function specimen(dice: Dice, corpus: readonly Entry[]): Specimen {
  const turn = dice.below(100);
  if (turn < 50) return madeText(dice);
  if (turn < 70) return madeWorkbook(dice);
  const read = corpus.filter(({ told }) => told.outcome !== "rejected");
  return changed(dice, dice.one(dice.chance(65) ? read : corpus));
}

function madeText(dice: Dice): Specimen {
  const dress = dressOf(dice);
  return ofGrid(nameOf(dice, dice.one(["csv", "csv", "csv", "txt", "tsv"])), grid(dice), (rows) =>
    textFile(rows, dress),
  );
}

function madeWorkbook(dice: Dice): Specimen {
  const binding = bindingOf(dice);
  return ofGrid(nameOf(dice, "xlsx"), grid(dice), (rows) => workbook(rows, binding));
}

function grid(dice: Dice): string[][] {
  const plain = dice.chance(75);
  const columns = columnsOf(dice, plain);
  const title = dice.chance(15) ? [[dice.one(TITLES)], ...(dice.chance(50) ? [[]] : [])] : [];
  const header = columns.map((column) => headerFor(dice, column, plain));
  const rows = Array.from({ length: rowsIn(dice) }, () => {
    if (dice.chance(3)) return columns.map(() => "");
    const cells = columns.map((column) => cellFor(dice, column, plain));
    if (dice.chance(3)) return cells.slice(0, dice.below(cells.length + 1));
    return dice.chance(3) ? [...cells, dice.one(["", "x", ""])] : cells;
  });
  if (rows.length > 1 && dice.chance(25)) rows.push([...dice.one(rows)]);
  return [...title, header, ...rows];
}

function rowsIn(dice: Dice): number {
  return dice.chance(5) ? 0 : dice.chance(80) ? 1 + dice.below(8) : 8 + dice.below(30);
}

function columnsOf(dice: Dice, plain: boolean): Column[] {
  const named: Column[] = dice.chance(85) ? ["forename", "surname"] : ["name"];
  const needed: Column[] = [...named, "born"];
  const kept = dice.chance(plain ? 97 : 90) ? needed : needed.filter(() => dice.chance(60));
  const asked = OPTIONAL.filter(() => dice.chance(40));
  const twice = dice.chance(4) ? [dice.one([...kept, ...asked, "other" as Column])] : [];
  const all = [...kept, ...asked, ...twice];
  return dice.chance(40) ? dice.shuffled(all) : all;
}

const OPTIONAL: readonly Column[] = [
  "upn",
  "uln",
  "consent",
  "consent-date",
  "withdrawn",
  "year-group",
  "sen",
  "school",
  "other",
];

function nameOf(dice: Dice, ending: string): string {
  const stem = dice.chance(75) ? "leavers" : dice.one(STEMS);
  return `${stem}.${dice.chance(5) ? ending.toUpperCase() : ending}`;
}

const STEMS = [
  ..."withdraw WITHDRAWN opt-out opted_out optouts add additions late no-consent refused".split(
    " ",
  ),
  ..."not2026 declined Request discrepancy destroyed list(2) .hidden ~list unsure ＮＯ nö".split(
    " ",
  ),
  "opt out",
  "Opting Outs 2026",
  "late returns",
  "request a release",
  "destroyed D000001",
  "pupils who said no",
  "año nuevo",
  "addİtional",
  "wıthdrawn",
];

const TITLES = [
  "Leavers 2026",
  "Pupils who declined",
  "Consent list, Nowhere High School",
  "Name",
  "Withdrawn pupils",
  "Forename, Surname",
];

function changed(dice: Dice, entry: Entry): Specimen {
  const name = dice.chance(10) ? nameOf(dice, entry.name.split(".").at(-1)!) : entry.name;
  if (entry.bytes.length > 100_000) return ofBytes(name, entry.bytes.slice(0, 5_000));
  const zipped = entry.bytes[0] === 0x50 && entry.bytes[1] === 0x4b;
  if (zipped && dice.chance(70)) {
    const inside = changedInside(dice, name, entry.bytes);
    if (inside !== undefined) return inside;
  }
  let bytes = entry.bytes;
  for (let left = 1 + dice.below(3); left > 0; left -= 1) bytes = changedBytes(dice, bytes);
  return ofBytes(name, bytes);
}

function changedBytes(dice: Dice, bytes: Uint8Array): Uint8Array {
  const at = dice.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + dice.below(dice.one([1, 4, 40])));
  const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  const put = (...parts: readonly Uint8Array[]) => Buffer.concat([before, ...parts, after]);
  return dice.one([
    () => put(),
    () => put(cut, cut),
    () => put(Buffer.from(dice.one(TOKENS))),
    () => put(cut, Buffer.from(dice.one(TOKENS))),
    () => put(Buffer.from([dice.below(256)])),
    () => put(Buffer.from(cut).reverse()),
    () => before,
  ])();
}

const TOKENS = [
  ..."\" , ; \t \n \r \r\n | '' 0 1 9 / . é ü ’ ? ﻿ İ \u0000 \u001a = @ # - Yes No <c> </c> &amp; &#65;".split(
    " ",
  ),
  '""',
  " ",
  "\u00a0",
  "\u200b",
  "Consent",
  "UPN",
  "31/12/2009",
  "12/31/2009",
  "40179",
];

/** Something changed within a part of a workbook, and the whole zipped again. */
function changedInside(dice: Dice, file: string, bytes: Uint8Array): Specimen | undefined {
  let parts: Record<string, Uint8Array>;
  try {
    parts = unzipSync(bytes, { filter: ({ originalSize }) => originalSize < 200_000 });
  } catch {
    return undefined;
  }
  const names = Object.keys(parts).filter((name) => /\.(xml|rels)$/.test(name));
  if (names.length === 0) return undefined;
  const sheets = names.filter((name) => /sheet|content|shared/i.test(name));
  const name = sheets.length > 0 && dice.chance(75) ? dice.one(sheets) : dice.one(names);
  const changed = changedMarkup(dice, parts[name]!);
  parts[name] = changed.bytes;
  const about = `${name}: ${changed.about}`;
  return ofParts(file, zipSync(parts, { mtime: new Date(1980, 1, 1) }), about);
}

function changedMarkup(
  dice: Dice,
  bytes: Uint8Array,
): { readonly bytes: Uint8Array; readonly about: string } {
  const pieces = Buffer.from(bytes)
    .toString()
    .split(/(?=<)|(?<=>)/);
  const at = dice.below(pieces.length);
  const piece = pieces[at] ?? "";
  const instead = dice.one([
    () => "",
    () => piece + piece,
    () => piece.replace(/"[^"]*"/, `"${dice.one(MARKUP_VALUES)}"`),
    () => piece.replace(/ [\w:]+="[^"]*"/, ""),
    () => (piece.startsWith("<") ? piece : dice.one(TOKENS).replace(/[<&\u0000-\u001f]/g, "")),
    () => piece.replace(/\d+/, String(dice.below(50_000))),
    () => `<!-- ${piece.replace(/[<>-]/g, "")} -->${piece}`,
    () => (piece.startsWith("<") ? piece : `<![CDATA[${piece}]]>`),
  ])();
  const changed = [...pieces.slice(0, at), instead, ...pieces.slice(at + 1)];
  const around = [at - 1, at + 1].map((beside) => pieces[beside] ?? "");
  const about = `between ${around.join(" and ")}: ${piece} is now ${instead}`;
  return { bytes: Buffer.from(changed.join("")), about };
}

const MARKUP_VALUES = [
  "",
  "0",
  "1",
  "true",
  "s",
  "str",
  "b",
  "e",
  "d",
  "n",
  "A1",
  "XFD1",
  "B99999",
  "-1",
  "hidden",
  "x",
];
