// OpenDocument spreadsheets: rows and cells that are said to repeat a million times take no room, and hidden
// rows are seen.

import type { Table } from "../table";
import { Unreadable } from "../unreadable";
import { Container, type Bounds } from "./container";
import { damaged, guarded, needed } from "./guarded";
import { refuseOthers } from "./identity";
import { OdsSheets } from "./ods_sheets";
import type { Piece, Xml } from "./xml";

/** The only sheet with data. */
export function ods(bytes: Uint8Array): Table {
  return guarded(() => {
    const container = walked(bytes);
    const xml = needed(container.xml(CONTENT, false));
    const sheets = new OdsSheets();
    for (let piece = xml.next(); piece !== "over"; piece = xml.next()) {
      if (piece === "broken") throw damaged();
      sheets.see(xml, piece);
    }
    return sheets.only.table();
  });
}

function walked(bytes: Uint8Array): Container {
  const container = Container.open(bytes);
  refuseOthers(container, "Ods");
  container.refuseTraps();
  const manifest = container.place(MANIFEST);
  if (manifest !== undefined) container.walk(manifest, OPENED, refuseEncrypted);
  const content = container.place(CONTENT);
  for (let at = 0; at < container.length; at += 1) {
    if (at === content) container.walk(at, OPENED, () => undefined);
    else if (at !== manifest) container.drain(at);
  }
  return container;
}

function refuseEncrypted(xml: Xml, piece: Piece): void {
  if (piece === "start" && xml.local === "encryption-data") {
    throw Unreadable.because("PasswordProtected");
  }
}

/** What is opened of a container: its list of parts, and the part with the sheets. */
const MANIFEST = "META-INF/manifest.xml";
const CONTENT = "content.xml";

/** How large what is opened may be. */
const OPENED: Bounds = { share: 1, longest: 1 << 20 };
