import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedCompound, xls } from "../../../../src/reading/workbook";
import { CodePage } from "../../../../src/reading/workbook/code_pages";
import { sharedStrings } from "../../../../src/reading/workbook/shared_strings";
import { kept, shown, why } from "./made";

test("an old sheet reads as its successors do", () => {
  const table = xls(kept("workbooks/list.xls"));
  assert.deepEqual([table.sheet, table.hiddenRows], ["Pupils", false]);
  assert.deepEqual(shown(table), [
    "1: text Forename | text Surname | text Date of birth | text Consent | text ULN",
    "2: text Robin | text Example | date 2010-09-01 | text Yes | number 9276308686",
    "4: text Zoë | text Sample | text 02/10/2010 | bool TRUE",
  ]);
  const dates = (name: string) =>
    xls(kept(`corpus/clean/${name}.xls`)).rows.map(({ cells }) => cells[2]);
  assert.deepEqual(dates("old-workbook-of-1904"), dates("old-workbook"));
});

test("hidden rows, two sheets and far cells are known", () => {
  assert.equal(xls(kept("workbooks/hidden-row.xls")).hiddenRows, true);
  assert.equal(
    why(() => xls(kept("workbooks/two-sheets.xls"))),
    "SheetAmbiguous",
  );
  assert.equal(
    why(() => xls(kept("workbooks/far-cell.xls"))),
    "CellsFarApart",
  );
  assert.equal(
    why(() => xls(kept("corpus/old-workbooks/password.xls"))),
    "PasswordProtected",
  );
  assert.equal(
    why(() => xls(kept("corpus/old-workbooks/truncated.xls"))),
    "Damaged",
  );
});

test("a compound file is called what it is", () => {
  const called = (path: string) =>
    why(() => {
      throw refusedCompound(kept(`corpus/${path}`));
    });
  assert.equal(called("workbooks/password.xlsx"), "PasswordProtected");
  assert.equal(called("types/old-workbook.xlsx"), "NotWhatItsNameSays Xls");
  assert.equal(called("old-workbooks/word-document.xls"), "NotWhatItsNameSays Word");
  const name = Buffer.from("EncryptedPackage", "utf16le");
  assert.equal(refusedCompound(Buffer.concat([Buffer.alloc(7), name])).reason, "PasswordProtected");
  assert.equal(refusedCompound(Buffer.from("EncryptedPackage")).content, "Compound");
});

/** A compound file with entries of these names at its root, and nothing in them. */
function compound(names: readonly string[]): Uint8Array {
  const file = Buffer.alloc(512 * 3, 0xff);
  file.fill(0, 0, 76);
  file.writeUInt16LE(9, 30);
  file.writeUInt16LE(6, 32);
  file.writeUInt32LE(1, 48);
  file.writeUInt32LE(0xfffffffe, 60);
  file.writeUInt32LE(0xfffffffe, 68);
  file.writeUInt32LE(0, 76);
  file.writeUInt32LE(0xfffffffd, 512);
  file.writeUInt32LE(0xfffffffe, 516);
  ["Root Entry", ...names].forEach((name, at) => {
    const entry = file.subarray(1_024 + at * 128, 1_152 + at * 128);
    entry.fill(0, 0, 64);
    entry.write(name, "utf16le");
    entry.writeUInt32LE(at + 1, 72);
    entry.writeUInt32LE(1, 76);
  });
  return file;
}

test("a label is told from a password, and a document from a stream deep within", () => {
  assert.equal(refusedCompound(compound(["EncryptedPackage"])).reason, "PasswordProtected");
  const labelled = compound(["EncryptedPackage", "DRMEncryptedTransform"]);
  assert.equal(refusedCompound(labelled).reason, "Labelled");
  assert.equal(refusedCompound(compound(["__properties_version1.0"])).content, "Mail");
  assert.equal(refusedCompound(compound(["PowerPoint Document"])).content, "Presentation");
  assert.equal(refusedCompound(compound(["BOOK"])).content, "Xls");
  assert.equal(refusedCompound(compound(["Something"])).content, "Compound");
});

test("strings are read across the records that they lie in", () => {
  const page = new CodePage(1200);
  const read = (...blocks: readonly string[]) =>
    sharedStrings(
      blocks.map((block) => Buffer.from(block, "latin1")),
      (bytes, wide) => page.letters(bytes, Infinity, wide),
    ).map(({ text, length }) => `${text} ${length}`);
  assert.deepEqual(read("8 bytes."), []);
  assert.deepEqual(read("8 bytes.\x02\0\0ab\x01\0\x01a\0"), ["ab 4", "a 3"]);
  assert.deepEqual(read("8 bytes.\x03\0\0a", "\x01b\0\x19 "), ["ab’ 8"]);
  assert.deepEqual(read("8 bytes.\x01\0\x08\x01\0a", "....\x01\0\0z"), ["a 2", "z 2"]);
  for (const broken of ["8", "8 bytes.\xff", "8 bytes.\xff\xff\0", "8 bytes.\x01\0\x08\xff\xffa"]) {
    assert.equal(
      why(() => read(broken)),
      "Damaged",
    );
  }
});

test("letters of old code pages are the letters that they were", () => {
  const letters = (page: number, bytes: readonly number[]) =>
    new CodePage(page).letters(Uint8Array.from(bytes), 99, undefined);
  assert.equal(letters(1252, [0x4f, 0x92, 0x42, 0xe9, 0x80]), "O’Bé€");
  assert.equal(letters(10_000, [0x8e]), "é");
  assert.equal(letters(1200, [0x41, 0xe9]), "Aé");
  assert.equal(
    why(() => new CodePage(32_769)),
    "Damaged",
  );
});

test("an old workbook with a wrong byte anywhere is read or refused, and never breaks the page", () => {
  const good = kept("workbooks/list.xls");
  for (let at = 0; at < good.length; at += 61) {
    const broken = good.slice();
    broken[at] = (broken[at] ?? 0) ^ 0xff;
    why(() => xls(broken));
    why(() => xls(good.subarray(0, at)));
  }
});
