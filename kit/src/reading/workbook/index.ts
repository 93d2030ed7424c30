// STUB until the readers of workbooks are here: every workbook counts as damaged.

import type { Table } from "../table";
import { Unreadable } from "../unreadable";

/** The table of an Excel workbook from 2007 on; throws `Unreadable`. */
export function xlsx(bytes: Uint8Array): Table {
  throw refusedZip(bytes);
}

/** The table of an OpenDocument spreadsheet; throws `Unreadable`. */
export function ods(bytes: Uint8Array): Table {
  throw refusedZip(bytes);
}

/** The table of an Excel workbook to 2003; throws `Unreadable`. */
export function xls(bytes: Uint8Array): Table {
  throw refusedCompound(bytes);
}

/** What a ZIP container is that is no workbook of the format that its name promises. */
export function refusedZip(_bytes: Uint8Array): Unreadable {
  return Unreadable.because("Damaged");
}

/** What a compound file is that is no workbook of the format that its name promises. */
export function refusedCompound(_bytes: Uint8Array): Unreadable {
  return Unreadable.because("Damaged");
}
