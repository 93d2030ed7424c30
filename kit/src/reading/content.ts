// What a file is by its first bytes, whatever its name says. The mirror of the daemon's `reading::content`;
// what its sender has to do about it stands in the rules.

import { asciiLower, firstCharacters, isSpace, trimSpacesBefore } from "../domain/letters";
import { rules } from "../rules";
import { startsWith } from "./decode";
import type { Content } from "./unreadable";

/** By the first bytes alone: of text and of containers they tell no more than that. */
export function contentOf(bytes: Uint8Array): Content {
  const begins = (...marks: readonly string[]) => marks.some((mark) => holds(bytes, 0, mark));
  if (begins("PK\x03\x04", "PK\x05\x06")) return "Zip";
  if (begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return "Compound";
  if (begins("%PDF", "\xef\xbb\xbf%PDF")) return "Pdf";
  if (begins("{\\rtf")) return "RichText";
  if (begins("age-encryption.org/", "-----BEGIN ")) return "Encrypted";
  if (begins("\x89PNG", "\xff\xd8\xff", "GIF8", "II*\0", "MM\0*")) return "Picture";
  if (begins("RIFF") && holds(bytes, 8, "WEBP")) return "Picture";
  if (["ftyphei", "ftypmif1", "ftypavif"].some((mark) => holds(bytes, 4, mark))) return "Picture";
  if (begins("\x1f\x8b", "7z\xbc\xaf", "Rar!", "\xfd7zXZ\0", "\x28\xb5\x2f\xfd")) return "Archive";
  return holds(bytes, 257, "ustar") ? "Archive" : "Other";
}

/** By a text's first letters, where they show that it has no cells between separators. */
export function contentOfText(text: string): Content | undefined {
  const start = asciiLower(firstCharacters(trimStart(text), rules.text_looked_at));
  if (start.startsWith("<")) return contentOfMarkup(start);
  if (/^\{["}]/.test(openedBy("{", start)) || /^\[[{["\]]/.test(openedBy("[", start)))
    return "Json";
  if (!rules.text_starts.messages.some((header) => start.startsWith(header))) return undefined;
  const page = start.includes("multipart/related") && start.includes("x-document-type:");
  return page ? "WebPage" : "Mail";
}

function contentOfMarkup(start: string): Content | undefined {
  if (!/^<[a-z!?]/.test(start)) return undefined;
  const has = (mark: string) => start.includes(mark);
  if (has("<ctfile")) return "Ctf";
  if (has("urn:schemas-microsoft-com:office:spreadsheet") || has("excel.sheet")) {
    return "SpreadsheetXml";
  }
  const page =
    rules.text_starts.pages.some((element) => start.startsWith(element, 1)) || has("<html");
  return page ? "WebPage" : "Markup";
}

// The bracket and what follows it but for spaces; empty where the text begins otherwise.
function openedBy(bracket: string, start: string): string {
  return start.startsWith(bracket) ? bracket + trimSpacesBefore(start.slice(1)) : "";
}

function trimStart(text: string): string {
  let at = 0;
  while (at < text.length && (isSpace(text.charAt(at)) || text.charAt(at) === "\ufeff")) at += 1;
  return text.slice(at);
}

// Each letter of the mark stands for the byte of the same number.
function holds(bytes: Uint8Array, at: number, mark: string): boolean {
  return startsWith(
    bytes,
    [...mark].map((letter) => letter.charCodeAt(0)),
    at,
  );
}
