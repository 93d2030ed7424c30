// Rows of text as CSV: UTF-8 with its mark, CRLF, quoted where RFC 4180 asks for it, and nothing that a
// spreadsheet would run. Knows nothing of what the cells mean.

/** The rows as the bytes of a CSV file. */
export function csv(rows: readonly (readonly string[])[]): Uint8Array {
  const lines = rows.map((cells) => `${cells.map(written).join(",")}\r\n`);
  return new TextEncoder().encode(`\ufeff${lines.join("")}`);
}

/**
 * The cell that was written as this one: without the apostrophe that stands before what a spreadsheet would run.
 */
export function asGiven(cell: string): string {
  return cell.startsWith("'") && runsAsFormula(cell.slice(1)) ? cell.slice(1) : cell;
}

/**
 * What a spreadsheet would run as a formula gets an apostrophe in front and is otherwise left as it is: `-Smith`
 * becomes `'-Smith`, and `O'Brien` stays.
 */
function written(cell: string): string {
  const harmless = runsAsFormula(cell) ? `'${cell}` : cell;
  const quoted = /[",\r\n]/.test(cell) || cell.startsWith(" ") || cell.endsWith(" ");
  return quoted ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The signs by which spreadsheets know a formula, also behind blanks and in their wide forms. */
function runsAsFormula(cell: string): boolean {
  return /^[\t\r\n]|^\p{White_Space}*[=+\-@＝＋－＠]/u.test(cell);
}
