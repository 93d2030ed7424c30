// Excel's workbooks up to 2003, which schools' systems still print.

import { TableBuilder, type Table } from "../table";
import { workbookStream } from "./compound";
import { guarded, needed } from "./guarded";
import { OnlySheet } from "./only_sheet";
import { walkRecords } from "./records";
import { oldBookOf } from "./xls_book";
import { oldCells, type OldCells } from "./xls_cells";

/** The only sheet with data. */
export function xls(bytes: Uint8Array): Table {
  return guarded(() => {
    const stream = workbookStream(bytes);
    const hidden = walkRecords(stream);
    const padded = whole(stream);
    const book = oldBookOf(padded);
    const cells = new Map(
      book.sheets.map(({ name, start }) => [name, oldCells(padded, start, book)]),
    );
    const only = new OnlySheet();
    book.sheets.forEach((sheet, at) => {
      const { rows, hiddenRows } = readSheet(needed(cells.get(sheet.name)), hidden[at]);
      only.offer({ name: sheet.name, rows, hiddenRows, hidden: sheet.hidden });
    });
    return only.table();
  });
}

function readSheet(
  cells: OldCells,
  hidden: ReadonlySet<number> | undefined,
): { readonly rows: TableBuilder; readonly hiddenRows: boolean } {
  const rows = new TableBuilder();
  let hiddenRows = false;
  const byNumber = (one: readonly [number, unknown], other: readonly [number, unknown]) =>
    one[0] - other[0];
  for (const [row, held] of [...cells].sort(byNumber)) {
    for (const [column, { kind, text }] of [...held].sort(byNumber)) rows.cell(column, kind, text);
    if (rows.endRow(row + 1, 0)) hiddenRows ||= hidden?.has(row) ?? false;
  }
  return { rows, hiddenRows };
}

/** The stream with noughts up to the end of its last sector, as it lies in its container. */
function whole(stream: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.max(Math.ceil(stream.length / SECTOR), 1) * SECTOR);
  padded.set(stream);
  return padded;
}

const SECTOR = 4_096;
