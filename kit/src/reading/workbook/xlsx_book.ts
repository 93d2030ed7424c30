// What a modern Excel workbook tells before its sheets: which parts are its sheets, whether they can be seen,
// the texts that cells refer to, and which formats show a date.

import type { Container } from "./container";
import { damaged, needed } from "./guarded";
import { builtIn, customFormat, type Shows } from "./number_formats";
import { DOCUMENT, ROOT, split } from "./package";
import { unescaped } from "./references";
import { textOf } from "./rich_text";
import type { Piece, Xml } from "./xml";

/** A sheet that the workbook lists. */
export interface ListedSheet {
  readonly name: string;
  readonly part: string;
  readonly hidden: boolean;
  /** False for charts and dialogs, which have no cells. */
  readonly hasCells: boolean;
}

/** What cells need to be read. */
export interface Book {
  readonly sheets: readonly ListedSheet[];
  readonly strings: readonly string[];
  /** What the formats of cells show, by their numbers. */
  readonly formats: readonly Shows[];
  readonly since1904: boolean;
}

/** Reads the workbook of a container whose parts were walked before. */
export function bookOf(container: Container): Book {
  const part = (name: string) => container.xml(name, true);
  const { folder, name } = split(documentOf(needed(part(ROOT))));
  const strings = stringsOf(part(`${folder}sharedStrings.xml`));
  const formats = formatsOf(part(`${folder}styles.xml`));
  const relations = relationsOf(needed(part(`${folder}_rels/${name}.rels`)));
  const workbook = part(folder + name);
  return { strings, formats, ...listed(workbook, folder, relations) };
}

/** Goes through the XML up to the end of the element of this name. Without that end it breaks off. */
function through(xml: Xml, last: string, see: (piece: Piece, name: string) => void): void {
  for (;;) {
    const piece = xml.next();
    if (piece === "over" || piece === "broken") throw damaged();
    if (piece !== "start" && piece !== "end") continue;
    const name = xml.local;
    if (piece === "end" && name === last) return;
    see(piece, name);
  }
}

/** Goes to where this element begins. */
function to(xml: Xml, first: string): void {
  for (;;) {
    const piece = xml.next();
    if (piece === "over" || piece === "broken") throw damaged();
    if (piece === "start" && xml.local === first) return;
  }
}

function documentOf(xml: Xml): string {
  let document: string | undefined;
  to(xml, "Relationships");
  through(xml, "Relationships", (piece, name) => {
    if (piece !== "start" || name !== "Relationship") return;
    const [kind, target] = xml.attributes.several(["Type", "Target"]);
    if (kind?.endsWith(DOCUMENT) && target !== undefined) document = needed(unescaped(target));
  });
  return needed(document);
}

function stringsOf(xml: Xml | undefined): readonly string[] {
  const strings: string[] = [];
  if (xml === undefined) return strings;
  to(xml, "sst");
  void xml.attributes.exact("uniqueCount");
  through(xml, "sst", (piece, name) => {
    if (piece === "start" && name === "si") strings.push(textOf(xml));
  });
  return strings;
}

function formatsOf(xml: Xml | undefined): readonly Shows[] {
  const formats: Shows[] = [];
  const custom = new Map<string, Shows>();
  if (xml === undefined) return formats;
  const ofCell = (piece: Piece, name: string) => {
    if (piece !== "start" || name !== "xf") return;
    const [id] = xml.attributes.several(["numFmtId", "fontId", "fillId", "borderId"]);
    formats.push(shown(id, custom));
    through(xml, "xf", (inner, part) => {
      if (inner === "start") void xml.attributes.several(PARTS_OF_FORMATS.get(part) ?? []);
    });
  };
  const ofNumber = (piece: Piece, name: string) => {
    if (piece !== "start" || name !== "numFmt") return;
    const [id, code] = xml.attributes.several(["numFmtId", "formatCode"]);
    if (id === undefined || code === undefined) return;
    custom.set(id, customFormat(needed(unescaped(code))));
  };
  through(xml, "styleSheet", (piece, name) => {
    if (piece !== "start") return;
    if (name === "numFmts") through(xml, "numFmts", ofNumber);
    if (name === "cellXfs") through(xml, "cellXfs", ofCell);
    const looks = LOOKS.get(name);
    if (looks !== undefined)
      through(xml, name, (inner, each) => passLooks(xml, looks, inner, each));
  });
  return formats;
}

/** How cells look is nobody's business here, but what tells it has to be XML. */
function passLooks(xml: Xml, looks: string, piece: Piece, name: string): void {
  if (piece !== "start" || name !== looks) return;
  if (looks === "border") void xml.attributes.several(["diagonalDown", "diagonalUp"]);
  through(xml, looks, (inner, part) => {
    if (inner !== "start") return;
    const told = xml.attributes.several(PARTS_OF_LOOKS.get(part) ?? []);
    if (part === "name" && told[0] !== undefined) void needed(unescaped(told[0]));
    if (looks === "border" && SIDES.has(part)) through(xml, part, () => undefined);
  });
}

function shown(id: string | undefined, custom: ReadonlyMap<string, Shows>): Shows {
  if (id === undefined) return "number";
  return custom.get(id) ?? (/^[1-9][0-9]$/.test(id) ? builtIn(Number(id)) : "number");
}

interface Relation {
  readonly target: string;
  readonly kind: string;
}

function relationsOf(xml: Xml): ReadonlyMap<string, Relation> {
  const relations = new Map<string, Relation>();
  through(xml, "Relationships", (piece, name) => {
    if (piece !== "start" || name !== "Relationship") return;
    const [id, kind = "", target = ""] = xml.attributes.several(["Id", "Type", "Target"]);
    if (id !== undefined) relations.set(id, { kind, target });
  });
  return relations;
}

function listed(
  xml: Xml | undefined,
  folder: string,
  relations: ReadonlyMap<string, Relation>,
): { readonly sheets: readonly ListedSheet[]; readonly since1904: boolean } {
  const sheets: ListedSheet[] = [];
  let since1904 = false;
  if (xml === undefined) return { sheets, since1904 };
  through(xml, "workbook", (piece, name) => {
    if (piece !== "start") return;
    if (name === "sheet") sheets.push(listedSheet(xml, folder, relations));
    else if (name === "workbookPr") {
      const told = xml.attributes.exact("date1904");
      if (told !== undefined) since1904 = told === "1" || told === "true";
    } else if (name === "definedName" && xml.attributes.exact("name") !== undefined) {
      passReferences(xml);
    }
  });
  return { sheets, since1904 };
}

function listedSheet(
  xml: Xml,
  folder: string,
  relations: ReadonlyMap<string, Relation>,
): ListedSheet {
  let [name, id, hidden] = ["", "", false];
  xml.attributes.rewind();
  for (let found = xml.attributes.next(); found !== "none"; found = xml.attributes.next()) {
    if (found === "malformed") throw damaged();
    if (xml.attributes.isKey("name")) name = needed(unescaped(xml.attributes.value));
    else if (xml.attributes.isKey("state")) hidden = needed(HIDDEN.get(xml.attributes.value));
    else if (xml.attributes.endsIn("id")) id = xml.attributes.value;
  }
  const { target, kind } = needed(relations.get(id));
  const part = target.startsWith("/") ? target.slice(1) : folder + target;
  const hasCells = needed(HAS_CELLS.get(kind.slice(kind.lastIndexOf("/") + 1)));
  return { name, part, hidden, hasCells };
}

/** A name in the workbook is nobody's business here, but what stands in it has to be XML. */
function passReferences(xml: Xml): void {
  const closing = xml.name;
  for (;;) {
    const piece = xml.next();
    if (piece === "over" || piece === "broken") throw damaged();
    if (piece === "reference") void xml.referred;
    if (piece === "end" && xml.name === closing) return;
  }
}

const LOOKS = new Map([
  ["fonts", "font"],
  ["fills", "fill"],
  ["borders", "border"],
]);

const SIDES = new Set(["left", "right", "top", "bottom", "diagonal"]);

const COLOUR = ["rgb", "theme", "indexed", "tint"];

/** What is read of the parts of fonts, fills and borders by those who read it. */
const PARTS_OF_LOOKS = new Map<string, readonly string[]>([
  ...["name", "sz", "b", "i", "u", "strike", "family"].map((part) => [part, ["val"]] as const),
  ...["color", "fgColor", "bgColor"].map((part) => [part, COLOUR] as const),
  ...[...SIDES].map((side) => [side, ["style"]] as const),
  ["patternFill", ["patternType"]] as const,
]);

/** What is read of the parts of a cell's format. */
const PARTS_OF_FORMATS = new Map<string, readonly string[]>([
  ["alignment", ["horizontal", "vertical", "wrapText", "textRotation", "indent", "shrinkToFit"]],
  ["protection", ["locked", "hidden"]],
]);

const HIDDEN = new Map([
  ["visible", false],
  ["hidden", true],
  ["veryHidden", true],
]);

const HAS_CELLS = new Map([
  ["worksheet", true],
  ["chartsheet", false],
  ["dialogsheet", false],
]);
