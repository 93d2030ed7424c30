// Bytes to a table, bounded by the limits whatever the bytes say. The mirror of the daemon's `reading::parse`.

import { trimSpaces } from "../domain/letters";
import { contentOf, contentOfText } from "./content";
import { decode } from "./decode";
import { delimitedTable } from "./delimited";
import { isDelimited, type Format } from "./kind";
import type { Table } from "./table";
import { Unreadable } from "./unreadable";
import { ods, refusedCompound, refusedZip, xls, xlsx } from "./workbook";

/** The table of a file in this format; throws `Unreadable`. */
export function tableOf(bytes: Uint8Array, format: Format): Table {
  if (bytes.length === 0) throw Unreadable.because("Empty");
  const content = contentOf(bytes);
  if (content === "Zip") {
    if (format === "xlsx") return xlsx(bytes);
    if (format === "ods") return ods(bytes);
    throw refusedZip(bytes);
  }
  if (content === "Compound") {
    if (format === "xls") return xls(bytes);
    throw refusedCompound(bytes);
  }
  if (content !== "Other") throw Unreadable.itIs(content);
  if (!isDelimited(format)) throw refusedText(bytes);
  const { text, assumed } = decode(bytes);
  const other = contentOfText(text);
  if (other !== undefined) throw Unreadable.itIs(other);
  return delimitedTable(text, assumed);
}

// Many systems print web pages and plain text under a workbook's name.
function refusedText(bytes: Uint8Array): Unreadable {
  try {
    const { text } = decode(bytes);
    if (trimSpaces(text) === "") return Unreadable.because("Empty");
    return Unreadable.itIs(contentOfText(text) ?? "Text");
  } catch (why) {
    if (!(why instanceof Unreadable)) throw why;
    return Unreadable.itIs(why.reason === "Utf16Unmarked" ? "Text" : "Other");
  }
}
