import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedZip, xlsx } from "../../../../src/reading/workbook";
import { byHand, kept, parts, shown, why, zipped } from "./made";

const cell = (place: string, text: string) =>
  `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;

test("a sheet tells kinds and the spreadsheet's row numbers", () => {
  const styles =
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="46"/></cellXfs></styleSheet>';
  const strings = "<sst><si><t> Zoë </t></si><si><r><t>Ex</t></r><r><t>ample</t></r></si></sst>";
  const row =
    '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" s="1"><v>40422</v></c>' +
    '<c r="D3" t="b"><v>1</v></c><c r="E3"><v>9276308686</v></c><c r="F3" s="2"><v>1.5</v></c>' +
    '<c r="H3" t="str"><f>A1</f><v>a_x000D_&amp;b</v></c></row>';
  const heading = `<row r="1">${cell("A1", "Forename")}</row><row r="2"/>`;
  const bytes = zipped({
    ...parts(heading + row),
    "xl/styles.xml": styles,
    "xl/sharedStrings.xml": strings,
  });
  const table = xlsx(bytes);
  assert.deepEqual([table.sheet, table.hiddenRows, table.delimited], ["Pupils", false, false]);
  assert.deepEqual(shown(table), [
    "1: text Forename",
    "3: text Zoë | text Example | date 2010-09-01 | bool TRUE | number 9276308686 | number 1.5 |  | text a\r&b",
  ]);
});

test("days are counted as Excel counts them", () => {
  const styles = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>';
  const days = [1, 59, 60, 61, 366, 367, 45658.75, 2958466, -3, 45658.999999999];
  const cells = days.map((day) => `<c s="0"><v>${day}</v></c>`).join("");
  const read = (book: Record<string, string>) =>
    xlsx(zipped({ ...parts(`<row>${cells}</row>`), "xl/styles.xml": styles, ...book }));
  assert.deepEqual(
    read({}).rows[0]?.cells.map(({ text }) => text),
    [
      "1900-01-01",
      "1900-02-28",
      "1900-02-29",
      "1900-03-01",
      "1900-12-31",
      "1901-01-01",
      "2025-01-01T18:00:00",
      "9999-12-31",
      "1899-12-31",
      "2025-01-02",
    ],
  );
  const workbook =
    '<workbook><workbookPr date1904="1"/><sheets><sheet name="A" r:id="r0"/></sheets></workbook>';
  assert.equal(read({ "xl/workbook.xml": workbook }).rows[0]?.cells[0]?.text, "1904-01-02");
});

test("a number is written out in full", () => {
  const numbers = ["1E10", "9.27630868600001E9", "1e-7", "1.5e21", "-0", "12e0", ".5"];
  const cells = numbers.map((number) => `<c><v>${number}</v></c>`).join("");
  assert.deepEqual(
    xlsx(byHand(`<row>${cells}</row>`)).rows[0]?.cells.map(({ text }) => text),
    ["10000000000", "9276308686.00001", "0.0000001", "1500000000000000000000", "-0", "12", "0.5"],
  );
});

test("hidden rows are seen where they hold something", () => {
  const row = (attributes: string, text: string) => `<row ${attributes}>${cell("A2", text)}</row>`;
  const hides = (row: string) => xlsx(byHand(`<row>${cell("A1", "x")}</row>${row}`)).hiddenRows;
  assert.equal(hides(row('r="2" hidden="1"', "x")), true);
  assert.equal(hides(row('r="2" hidden="true"', "x")), true);
  assert.equal(hides(row('r="2" ht="0.5" customHeight="1"', "x")), true);
  assert.equal(hides(row('r="2" hidden="1"', " ")), false);
  assert.equal(hides(row('r="2" hidden="0" ht="15"', "x")), false);
});

test("formulas that were saved without results are told with their row", () => {
  const row = (number: number) =>
    `<row r="${number}"><c r="A${number}"><f>B${number}</f></c></row>`;
  assert.equal(
    why(() => xlsx(byHand(row(2) + row(3)))),
    "Empty",
  );
  assert.equal(
    why(() => xlsx(byHand(row(2) + row(3) + row(7)))),
    "FormulasWithoutResult 7",
  );
  const error = (text: string) => byHand(`<row r="4"><c r="A4" t="e"><v>${text}</v></c></row>`);
  assert.deepEqual(shown(xlsx(error("#N/A"))), ["4: text #N/A"]);
  assert.equal(
    why(() => xlsx(error("#MADEUP!"))),
    "UnknownError 4",
  );
});

test("one cell far away takes no room", () => {
  assert.deepEqual(shown(xlsx(byHand(`<row r="1048576">${cell("A1048576", "x")}</row>`))), [
    "1048576: text x",
  ]);
  assert.equal(
    why(() => xlsx(byHand(`<row r="1048577">${cell("A1048577", "x")}</row>`))),
    "Damaged",
  );
  assert.equal(
    why(() => xlsx(byHand(`<row r="1">${cell("XFD1", "x")}</row>`))),
    "TooManyColumns",
  );
});

test("what unpacks to too much ends at once", () => {
  const zeros = new Uint8Array(40 << 20);
  const bomb = zipped({ ...parts(""), "xl/media/image1.png": zeros }, 6);
  assert.ok(bomb.length < 100_000);
  assert.equal(
    why(() => xlsx(bomb)),
    "UnpacksTooLarge",
  );
  const names = Array.from({ length: 2_001 }, (_, at) => [`xl/${at}`, ""] as const);
  assert.equal(
    why(() => xlsx(zipped(Object.fromEntries(names)))),
    "UnpacksTooLarge",
  );
  const untrue = { ...parts(""), "xl/sharedStrings.xml": '<sst uniqueCount="99999999999"/>' };
  assert.equal(
    why(() => xlsx(zipped(untrue))),
    "UnpacksTooLarge",
  );
});

test("containers that readers may read in two ways are refused", () => {
  const rows = `<row>${cell("A1", "x")}</row>`;
  const good = byHand(rows);
  assert.equal(
    why(() => xlsx(good)),
    "read",
  );
  assert.equal(
    why(() => xlsx(zipped({ ...parts(rows), "XL/workbook.xml": "" }))),
    "OddlyBuilt",
  );
  assert.equal(
    why(() => xlsx(zipped({ ...parts(rows), "xl/../x": "" }))),
    "OddlyBuilt",
  );
  const shared = parts(rows)["xl/workbook.xml"]?.replace(
    "</sheets>",
    '<sheet name="B" r:id="r0"/>$&',
  );
  assert.equal(
    why(() => xlsx(zipped({ ...parts(rows), "xl/workbook.xml": shared! }))),
    "OddlyBuilt",
  );
  const changed = (at: number, byte: number) =>
    Uint8Array.from(good, (old, here) => (here === at ? byte : old));
  assert.equal(
    why(() => xlsx(changed(6, 1))),
    "OddlyBuilt",
  );
  assert.equal(
    why(() => xlsx(changed(8, 8))),
    "OddlyBuilt",
  );
  assert.equal(
    why(() => xlsx(good.subarray(0, good.length - 30))),
    "Damaged",
  );
  assert.equal(
    why(() => xlsx(zipped(parts(`${"<a>".repeat(130)}`)))),
    "OddlyBuilt",
  );
  const endless = `<row><c r="A1" t="str"><v>${"x".repeat(1_100_000)}</v></c></row>`;
  assert.equal(
    why(() => xlsx(byHand(endless))),
    "OddlyBuilt",
  );
});

test("no entity is ever made of another", () => {
  const declared = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;"> <!-- ]> --> ]>';
  const strings = `${declared}<sst><si><t>&c;</t></si></sst>`;
  const row = '<row><c t="s"><v>0</v></c></row>';
  assert.equal(
    why(() => xlsx(zipped({ ...parts(row), "xl/sharedStrings.xml": strings }))),
    "Damaged",
  );
  const harmless = `${declared}<sst><si><t>a&#x20;&lt;<![CDATA[&]]></t></si></sst>`;
  assert.deepEqual(shown(xlsx(zipped({ ...parts(row), "xl/sharedStrings.xml": harmless }))), [
    "1: text a <&",
  ]);
});

test("XML that never ends takes no longer than any other", () => {
  for (const endless of ["<!DOCTYPE a [", "<", "<a b='", "&", "<!--", "<a b", "<a/>"]) {
    const strings = endless + "<!-- <? <!ENTITY '\"".repeat(40_000) + "<".repeat(300_000);
    why(() => xlsx(zipped({ ...parts(""), "xl/sharedStrings.xml": strings })));
  }
});

test("a zip container is called what it is", () => {
  const called = (names: readonly string[]) =>
    refusedZip(zipped(Object.fromEntries(names.map((name) => [name, ""])))).content;
  assert.equal(called(["_rels/.rels", "word/document.xml"]), "Word");
  assert.equal(called(["[Content_Types].xml", "ppt/slides.xml"]), "Presentation");
  assert.equal(called(["xl/workbook.bin"]), "Xlsb");
  assert.equal(called(["xl/workbook.xml", "xl/vbaProject.bin"]), "Xlsm");
  assert.equal(called(["Index/Document.iwa"]), "Numbers");
  assert.equal(called(["list.csv"]), "Zip");
  const told = { mimetype: "application/vnd.oasis.opendocument.text" };
  assert.equal(refusedZip(zipped(told)).content, "TextDocument");
  assert.equal(refusedZip(new Uint8Array([0x50, 0x4b, 3, 4])).content, "Zip");
});

test("the workbooks of the corpus read as the daemon reads them", () => {
  const rows = (name: string) => shown(xlsx(kept(`corpus/clean/${name}.xlsx`)));
  assert.deepEqual(rows("rich-text"), rows("workbook"));
  assert.deepEqual(rows("prefixed-elements"), rows("workbook"));
  assert.deepEqual(rows("cells-without-places"), rows("workbook"));
  assert.deepEqual(rows("dates-of-1904"), rows("workbook"));
  const reason = (name: string) => why(() => xlsx(kept(`corpus/workbooks/${name}.xlsx`)));
  assert.equal(reason("bomb"), "UnpacksTooLarge");
  assert.equal(reason("a-billion-laughs"), "Damaged");
  assert.equal(reason("endless-cell"), "CellTooLong");
  assert.equal(reason("second-sheet-veryhidden"), "HiddenSheetToo");
  assert.equal(reason("two-sheets"), "SheetAmbiguous");
  assert.equal(reason("string-out-of-range"), "Damaged");
});

test("a workbook with a wrong byte anywhere is read or refused, and never breaks the page", () => {
  const good = kept("corpus/clean/workbook.xlsx");
  for (let at = 0; at < good.length; at += 13) {
    const broken = good.slice();
    broken[at] = (broken[at] ?? 0) ^ 0xff;
    why(() => xlsx(broken));
    why(() => xlsx(good.subarray(0, at)));
  }
});
