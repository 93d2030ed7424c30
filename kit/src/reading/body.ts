// The bodies of requests, discrepancies and confirmations: text and ids, nothing else. The mirror of the
// daemon's `reading::body`.

import { firstCharacters, trimSpaces, wordsBetweenSpaces } from "../domain/letters";
import { ofFile, type Problem } from "../domain/problem";
import { rules } from "../rules";
import { contentOf } from "./content";
import { decode } from "./decode";
import { isInLines, isOfPupils } from "./header";
import { isDelimited, type Format } from "./kind";
import { tableOf } from "./parse";
import type { Table } from "./table";
import { Unreadable } from "./unreadable";

/** The text of a file, as far as anybody reads it. */
export interface Body {
  /** Its letters, without control characters. */
  readonly text: string;
  /** It is a list of pupils under another name. */
  readonly listsPupils: boolean;
}

/**
 * Reads a file that is no list. A workbook's cells stand in lines, with spaces between them. What is neither
 * text nor a workbook (`request.docx`) has no body. Throws `Unreadable`.
 */
export function bodyOf(bytes: Uint8Array, format: Format | undefined): Body {
  const body =
    format !== undefined && !isDelimited(format)
      ? sheetBody(bytes, format)
      : { text: letters(bytes), listsPupils: listsPupils(bytes) };
  return { ...body, text: firstCharacters(body.text, rules.bodies.longest) };
}

/**
 * The reason that a request gives: at most 500 characters of its body, in one line. A list of pupils that
 * was named a request is `kind-unclear`.
 */
export function requestReason(body: Body): string | Problem {
  if (body.listsPupils) return ofFile("kind-unclear");
  return firstCharacters(wordsBetweenSpaces(body.text).join(" "), rules.bodies.longest_reason);
}

/**
 * The notices that a confirmation names. A list of pupils that was named a confirmation is `kind-unclear`.
 */
export function confirmedNotices(body: Body): readonly string[] | Problem {
  return body.listsPupils ? ofFile("kind-unclear") : noticeIds(body.text);
}

/** The ids of notices in a text (`D000003`), each once, in the order in which they stand there. */
export function noticeIds(text: string): readonly string[] {
  return idsIn(text, "D");
}

function idsIn(text: string, letter: "D" | "R"): readonly string[] {
  const ids = new Set<string>();
  for (const [word] of text.matchAll(WORDS)) {
    if (ids.size >= rules.bodies.most_ids) break;
    const digits =
      word.length <= rules.bodies.longest_id ? /^[A-Za-z]([0-9]+)$/.exec(word)?.[1] : undefined;
    if (digits === undefined || word.charAt(0).toUpperCase() !== letter) continue;
    ids.add(letter + String(Number(digits)).padStart(6, "0"));
  }
  return [...ids];
}

// A workbook's body; an empty one is empty.
function sheetBody(bytes: Uint8Array, format: Format): Body {
  try {
    const table = tableOf(bytes, format);
    return { text: linesOfCells(table), listsPupils: isOfPupils(table) };
  } catch (why) {
    if (why instanceof Unreadable && why.reason === "Empty")
      return { text: "", listsPupils: false };
    throw why;
  }
}

function letters(bytes: Uint8Array): string {
  return contentOf(bytes) === "Other" ? plain(decode(bytes).text) : "";
}

function listsPupils(bytes: Uint8Array): boolean {
  try {
    return isOfPupils(tableOf(bytes, "txt"));
  } catch (why) {
    if (!(why instanceof Unreadable)) throw why;
    // A table that breaks off may be a list all the same, and no reason to keep its pupils.
    return isInLinesOf(bytes);
  }
}

function isInLinesOf(bytes: Uint8Array): boolean {
  try {
    return isInLines(decode(bytes).text);
  } catch (why) {
    if (!(why instanceof Unreadable)) throw why;
    return false;
  }
}

function linesOfCells(table: Table): string {
  return plain(
    table.rows.map((row) => row.cells.map((cell) => `${cell.text} `).join("") + "\n").join(""),
  );
}

function plain(text: string): string {
  return trimSpaces(text.replace(STEERING, ""));
}

// Control characters but for the end of a line and the tab.
const STEERING = /[\0-\x08\x0b-\x1f\x7f-\x9f]+/g;

const WORDS = /[\p{Alphabetic}\p{N}]+/gu;
