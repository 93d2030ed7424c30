// Which document a zip container is, by the names of its parts and by what it says of itself.

import { Unreadable, type Content } from "../unreadable";
import { Container } from "./container";

/** Why a zip container under another format's name is not read. */
export function refusedZip(bytes: Uint8Array): Unreadable {
  try {
    return Unreadable.itIs(identity(Container.open(bytes)));
  } catch {
    return Unreadable.itIs("Zip");
  }
}

/** Refuses a container that is another document than the one wanted. */
export function refuseOthers(container: Container, wanted: Content): void {
  const content = identity(container);
  if (content !== wanted) throw Unreadable.itIs(content);
}

function identity(container: Container): Content {
  const told = container.said("mimetype", LONGEST_TYPE);
  for (const [ending, content] of OPEN_DOCUMENTS) if (told.includes(ending)) return content;
  const has = (name: string) => container.place(name) !== undefined;
  const within = (folder: string) => container.names().some((name) => name.startsWith(folder));
  if (has("xl/workbook.bin")) return "Xlsb";
  if (has("xl/vbaProject.bin")) return "Xlsm";
  if (has("_rels/.rels") || has("[Content_Types].xml") || within("xl/")) {
    if (within("xl/")) return "Xlsx";
    return within("word/") ? "Word" : within("ppt/") ? "Presentation" : "Xlsx";
  }
  if (has("META-INF/manifest.xml") || has("content.xml")) return "Ods";
  const apples = container.names().some((name) => name.includes(".iwa") || name === "index.zip");
  return apples ? "Numbers" : "Zip";
}

/** What a document says that it is. */
const OPEN_DOCUMENTS = [
  ["opendocument.spreadsheet", "Ods"],
  ["opendocument.text", "TextDocument"],
  ["opendocument.presentation", "Presentation"],
] as const;

/** Bytes in which it says so. */
const LONGEST_TYPE = 128;
