// Excel's workbooks from 2007 on.

import type { Table } from "../table";
import { Container } from "./container";
import { damaged, guarded, MOST_SHEETS, needed } from "./guarded";
import { refuseOthers } from "./identity";
import { OnlySheet } from "./only_sheet";
import { walkParts } from "./package";
import { bookOf } from "./xlsx_book";
import { cellsOf } from "./xlsx_cells";

/** The only sheet with data. */
export function xlsx(bytes: Uint8Array): Table {
  return guarded(() => {
    const container = Container.open(bytes);
    refuseOthers(container, "Xlsx");
    container.refuseTraps();
    const hiddenRows = walkParts(container);
    return onlySheet(container, hiddenRows).table();
  });
}

function onlySheet(container: Container, hiddenRows: boolean): OnlySheet {
  const book = bookOf(container);
  if (book.sheets.length > MOST_SHEETS) throw damaged();
  const only = new OnlySheet();
  for (const { name, part, hidden, hasCells } of book.sheets) {
    if (!hasCells) continue;
    const rows = cellsOf(needed(container.xml(part, true)), book);
    only.offer({ name, rows, hiddenRows, hidden });
  }
  return only;
}
