import assert from "node:assert/strict";
import { test } from "node:test";
import { ods, xlsx } from "../../../../src/reading/workbook";
import { kept, shown, why, zipped } from "./made";

const document = (sheets: string, styles = "") =>
  zipped({
    mimetype: "application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": "<manifest:manifest/>",
    "content.xml":
      `<office:document-content>${styles}<office:body><office:spreadsheet>${sheets}` +
      "</office:spreadsheet></office:body></office:document-content>",
  });

const sheet = (rows: string, name = "Pupils") =>
  `<table:table table:name="${name}">${rows}</table:table>`;

const row = (cells: string, attributes = "") =>
  `<table:table-row ${attributes}>${cells}</table:table-row>`;

const cell = (text: string, attributes = "") =>
  `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`;

test("a sheet tells kinds and skips what repeats blank", () => {
  const blank = '<table:table-cell table:number-columns-repeated="16384"/>';
  const note = "<office:annotation><text:p>a note</text:p></office:annotation>";
  const name = "Mary<text:s/>Ann &amp; <text:span>Jo</text:span>";
  const table = ods(
    document(
      sheet(
        row(cell("Forename") + cell("DOB")) +
          row(blank, 'table:number-rows-repeated="2"') +
          row(
            `<table:table-cell office:value-type="string">${note}<text:p>${name}</text:p></table:table-cell>` +
              cell("01/09/10", 'office:value-type="date" office:date-value="2010-09-01"') +
              cell("9.28E+09", 'office:value-type="float" office:value="9276308686"') +
              '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>' +
              blank,
          ) +
          row(blank, 'table:number-rows-repeated="1048572"'),
      ) + '<table:table table:name="Sheet2"/>',
    ),
  );
  assert.equal(table.sheet, "Pupils");
  assert.deepEqual(shown(table), [
    "1: text Forename | text DOB",
    "4: text Mary Ann & Jo | date 2010-09-01 | number 9276308686 | bool TRUE",
  ]);
});

test("rows and cells that repeat are there as often as they are told", () => {
  const table = ods(
    document(sheet(row(cell("x", 'n:number-columns-repeated="2"'), 'n:number-rows-repeated="3"'))),
  );
  assert.deepEqual(shown(table), [
    "1: text x | text x",
    "2: text x | text x",
    "3: text x | text x",
  ]);
  const endless = document(sheet(row(cell("x"), 'table:number-rows-repeated="4000000000"')));
  assert.equal(
    why(() => ods(endless)),
    "TooManyRows",
  );
  const wide = document(sheet(row(cell("x", 'table:number-columns-repeated="1000000"'))));
  assert.equal(
    why(() => ods(wide)),
    "TooManyColumns",
  );
  const invisible = row(cell("\u200b"), 'table:number-rows-repeated="4000000000"');
  assert.equal(
    why(() => ods(document(sheet(invisible)))),
    "Empty",
  );
});

test("hidden rows are seen, and hidden sheets", () => {
  const hides = (hidden: string, styles = "") => ods(document(hidden, styles)).hiddenRows;
  const shownRow = row(cell("x"));
  assert.equal(hides(sheet(shownRow)), false);
  assert.equal(hides(sheet(shownRow + row(cell("x"), 'table:visibility="filter"'))), true);
  assert.equal(hides(sheet(shownRow + row(cell("x"), 'table:visibility="collapse"'))), true);
  assert.equal(hides(sheet(shownRow + row("", 'table:visibility="collapse"'))), false);
  const group = `<table:table-row-group table:display="false">${shownRow}</table:table-row-group>`;
  assert.equal(hides(sheet(shownRow + group)), true);
  const styles = '<s:style s:name="ta1"><s:table-properties table:display="false"/></s:style>';
  const hiddenSheet = `<table:table table:name="A" table:style-name="ta1">${shownRow}</table:table>`;
  assert.equal(hides(hiddenSheet, styles), true);
});

test("what no list is read from is told", () => {
  const one = sheet(row(cell("x")), "A");
  assert.equal(
    why(() => ods(document(one + sheet(row(cell("x")), "B")))),
    "SheetAmbiguous",
  );
  assert.equal(
    why(() => ods(document(one + sheet("", "a")))),
    "OddlyBuilt",
  );
  assert.equal(
    why(() => ods(document(sheet(one)))),
    "OddlyBuilt",
  );
  const formula = row('<table:table-cell table:formula="of:=[.A1]"/>');
  assert.equal(
    why(() => ods(document(sheet(formula.repeat(3))))),
    "FormulasWithoutResult 3",
  );
  assert.equal(
    why(() => ods(document("<table:table>&madeup;</table:table>"))),
    "Damaged",
  );
  assert.equal(
    why(() => ods(document("<table:table a='"))),
    "Damaged",
  );
  const long = sheet(row(cell('<text:s text:c="2000"/>'.repeat(5))));
  assert.equal(
    why(() => ods(document(long))),
    "CellTooLong",
  );
  const password = {
    "META-INF/manifest.xml":
      "<m:manifest><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>",
    "content.xml": "\u0001\u0002",
  };
  assert.equal(
    why(() => ods(zipped(password))),
    "PasswordProtected",
  );
  assert.equal(
    why(() => ods(kept("corpus/clean/workbook.xlsx"))),
    "NotWhatItsNameSays Xlsx",
  );
});

test("the documents of the corpus read as the daemon reads them", () => {
  const reason = (name: string) => why(() => ods(kept(`corpus/open-documents/${name}.ods`)));
  assert.equal(reason("password"), "PasswordProtected");
  assert.equal(reason("a-million-columns"), "TooManyColumns");
  assert.equal(reason("thirty-thousand-rows"), "TooManyRows");
  assert.equal(reason("truncated"), "Damaged");
  const text = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/\w+ /g, ""));
  assert.deepEqual(
    text(shown(ods(kept("corpus/clean/open-document.ods")))).slice(0, 1),
    text(shown(xlsx(kept("corpus/clean/workbook.xlsx")))).slice(0, 1),
  );
});
