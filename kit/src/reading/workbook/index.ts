// Workbooks to tables: the only sheet with data, read from memory. A container is walked before anything of it
// is opened, because what it unpacks to is its author's choice.
// STUB of ODS and XLS until their readers are here: every one counts as damaged.

import type { Table } from "../table";
import { Unreadable } from "../unreadable";
import { refusedZip } from "./identity";

export { refusedCompound } from "./compound";
export { refusedZip } from "./identity";
export { ods } from "./ods";
export { xls } from "./xls";
export { xlsx } from "./xlsx";

/** The table of an OpenDocument spreadsheet; throws `Unreadable`. */
export function ods(bytes: Uint8Array): Table {
  throw refusedZip(bytes);
}

/** The table of an Excel workbook to 2003; throws `Unreadable`. */
export function xls(bytes: Uint8Array): Table {
  throw refusedCompound(bytes);
}

/** What a compound file is that is no workbook of the format that its name promises. */
export function refusedCompound(_bytes: Uint8Array): Unreadable {
  return Unreadable.because("Damaged");
}
