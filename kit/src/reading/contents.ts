// What a school's file holds, as plain data. The mirror of the daemon's `reading::contents`.

import { bodyOf, type Body } from "./body";
import { kindOf } from "./kind";
import { tableOf } from "./parse";
import type { Table } from "./table";
import { Unreadable } from "./unreadable";

/** What was read of a file. */
export type Contents =
  /** The rows of a list, whatever kind of list it is. */
  | { readonly is: "rows"; readonly table: Table }
  /** The text of anything else. */
  | { readonly is: "text"; readonly body: Body };

/**
 * Reads a file as its name says that it is; throws `Unreadable`, and nothing else. An encrypted file is read
 * by the name that it has before `.age`, once it has been opened.
 */
export function contents(name: string, bytes: Uint8Array): Contents {
  try {
    return contentsOf(name, bytes);
  } catch (why) {
    // The daemon reads in a process of its own, which may break; here it is a library that gave up.
    throw why instanceof Unreadable ? why : Unreadable.because("BrokeReader");
  }
}

function contentsOf(name: string, bytes: Uint8Array): Contents {
  const { kind, format } = kindOf(name);
  switch (kind) {
    case "consent-list":
    case "addition":
    case "withdrawal":
      // No list is without a format: its name would not have made it one.
      if (format === undefined) throw Unreadable.because("Damaged");
      return { is: "rows", table: tableOf(bytes, format) };
    case "request":
    case "discrepancy":
    case "destruction":
      return { is: "text", body: bodyOf(bytes, format) };
    case "unknown":
      // What is nothing that we know is refused by its name, and never parsed.
      throw Unreadable.because("Damaged");
  }
}
