// Which parts of a modern Excel workbook are opened, as the workbook's own relations tell: those are walked as
// XML, all others only counted.

import { Unreadable } from "../unreadable";
import type { Bounds, Container } from "./container";
import { damaged, needed } from "./guarded";
import { unescaped } from "./references";
import { Sheets, Strings, Styles } from "./tallies";
import { Worksheet } from "./worksheet";
import type { Xml } from "./xml";

/**
 * Walks all parts. True where a row that holds something is hidden; over all sheets, because only one may hold
 * anything.
 */
export function walkParts(container: Container): boolean {
  const roles = rolesOf(container);
  let hiddenRows = false;
  for (let at = 0; at < container.length; at += 1) {
    hiddenRows = walkPart(container, at, roles.get(at)) || hiddenRows;
  }
  return hiddenRows;
}

/** What a part that is opened is for. */
type Role = "relations" | "workbook" | "styles" | "strings" | "worksheet";

function walkPart(container: Container, at: number, role: Role | undefined): boolean {
  if (role === undefined) container.drain(at);
  else if (role === "relations") container.walk(at, KEPT, () => undefined);
  else if (role === "worksheet") {
    const sheet = new Worksheet();
    container.walk(at, WORKSHEET, (xml, piece) => sheet.see(xml, piece));
    return sheet.hasHiddenRows;
  } else {
    const tally = { workbook: Sheets, styles: Styles, strings: Strings }[role];
    const counted = new tally();
    const bounds = role === "strings" ? STRINGS : KEPT;
    container.walk(at, bounds, (xml, piece) => counted.see(xml, piece));
  }
  return false;
}

/** The parts that are opened, by their places. */
function rolesOf(container: Container): ReadonlyMap<number, Role> {
  const documents = relations(container, ROOT).filter((told) => told.kind.endsWith(DOCUMENT));
  const [document] = documents;
  if (document === undefined || documents.length > 1) throw damaged();
  const { folder, name } = split(needed(unescaped(document.target)));
  const workbook = folder + name;
  if (container.place(workbook) === undefined) throw damaged();
  const ofWorkbook = `${folder}_rels/${name}.rels`;
  const parts: [string, Role][] = [
    [ROOT, "relations"],
    [workbook, "workbook"],
    [`${folder}sharedStrings.xml`, "strings"],
    [`${folder}styles.xml`, "styles"],
    [`${folder}theme/theme1.xml`, "styles"],
  ];
  for (const { kind, target } of relations(container, ofWorkbook)) {
    if (!kind.endsWith(WORKSHEET_KIND)) continue;
    parts.push([target.startsWith("/") ? target.slice(1) : folder + target, "worksheet"]);
  }
  parts.push([ofWorkbook, "relations"]);
  return placed(container, parts);
}

/** The folder and the name of the workbook's own part, as the container's relations tell. */
export function split(target: string): { readonly folder: string; readonly name: string } {
  const slash = target.lastIndexOf("/");
  const name = target.slice(slash + 1) || "workbook.xml";
  const folder = target.slice(0, slash + 1);
  return { folder: folder.startsWith("/") ? folder.slice(1) : folder, name };
}

/** A part that has two roles, or is two sheets, was not written by a spreadsheet program. */
function placed(
  container: Container,
  parts: readonly (readonly [string, Role])[],
): ReadonlyMap<number, Role> {
  const roles = new Map<number, Role>();
  for (const [name, role] of parts) {
    const place = container.place(name);
    if (place === undefined) continue;
    if (roles.has(place)) throw Unreadable.because("OddlyBuilt");
    roles.set(place, role);
  }
  return roles;
}

/** One part's word on what another part is to it. */
interface Relation {
  readonly kind: string;
  readonly target: string;
}

function relations(container: Container, name: string): readonly Relation[] {
  const found: Relation[] = [];
  const ids = new Set<string>();
  container.walk(needed(container.place(name)), KEPT, (xml, piece) => {
    if (piece !== "start" || xml.local !== "Relationship") return;
    const id = only(xml, "Id");
    if (ids.has(id)) throw Unreadable.because("OddlyBuilt");
    ids.add(id);
    found.push({ kind: only(xml, "Type"), target: only(xml, "Target") });
  });
  return found;
}

/** The value of an attribute that is not there twice; empty where it is not there. */
function only(xml: Xml, name: string): string {
  const [value = "", second] = xml.attributes.allNamed(name);
  if (second !== undefined) throw Unreadable.because("OddlyBuilt");
  return value;
}

/** The relations of the container itself. */
export const ROOT = "_rels/.rels";

/** How the kinds of relations end, in both dialects of the format. */
export const DOCUMENT = "/relationships/officeDocument";
const WORKSHEET_KIND = "/worksheet";

/** Parts that are kept in memory as long as the workbook is open. */
const KEPT: Bounds = { share: 16, longest: 64 << 10 };

/** The shared strings. */
const STRINGS: Bounds = { share: 4, longest: 1 << 20 };

/** A sheet, which is the largest part. */
const WORKSHEET: Bounds = { share: 1, longest: 1 << 20 };
