import assert from "node:assert/strict";
import { test } from "node:test";
import { contents } from "../../../src/reading/contents";
import type { Format } from "../../../src/reading/kind";
import { tableOf } from "../../../src/reading/parse";
import { bytes, cells, items, utf8, vectors, why } from "./reading";

const refused = (given: string, format: Format) =>
  why(() => tableOf(bytes(given), format)).problem().code;

test("files that are not what their name says are refused", () => {
  for (const given of [
    "%PDF-1.7 ...",
    "PK\x03\x04....",
    "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
    "<html><table></table></html>",
    "\n  <?xml version='1.0'?>",
    "{\\rtf1 }",
    "age-encryption.org/v1\n",
    "F\0o\0r\0",
  ]) {
    assert.equal(refused(given, "csv"), "file-unreadable", given);
  }
  for (const format of ["xlsx", "xls", "ods"] as const) {
    assert.equal(refused("Forename,Surname\n", format), "file-unreadable");
    assert.equal(refused(" \n", format), "file-empty");
  }
});

test("empty files are called empty", () => {
  for (const given of ["", "\n\r\n ,, \n", "\xef\xbb\xbf", "\x1a"]) {
    assert.equal(refused(given, "csv"), "file-empty");
  }
});

test("what stands under a workbook's name is told", () => {
  const content = (given: string) => why(() => tableOf(bytes(given), "xlsx")).content;
  assert.equal(content("Forename,Surname\n"), "Text");
  assert.equal(content("F\0o\0r\0"), "Text");
  assert.equal(content("<html>"), "WebPage");
  assert.equal(content("a\0"), "Other");
});

test("bytes that Windows-1252 does not define refuse the file", () => {
  for (const byte of items<string>(vectors("domain_vectors"), "cp1252_undefined_bytes")) {
    const letter = String.fromCharCode(parseInt(byte, 16));
    const csv = `Forename,Surname,DOB\n${letter}\xeb,Example,01/09/2010\n`;
    assert.equal(refused(csv, "csv"), "file-unreadable", byte);
  }
});

test("a file is read as its name says that it is", () => {
  const list = contents("leavers.csv", utf8("Forename,Surname\nZoë,Example\n"));
  assert.ok(list.is === "rows");
  assert.deepEqual(cells(list.table, 1), ["Zoë", "Example"]);
  const asked = contents("request.txt", utf8("For the governors"));
  assert.deepEqual(asked, {
    is: "text",
    body: { text: "For the governors", listsPupils: false },
  });
  assert.equal(why(() => contents("list.pdf", utf8("%PDF"))).reason, "Damaged");
});

test("no bytes make it break", () => {
  const heads = ["", "PK\x03\x04", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\xff\xfe", '"a","'];
  let seed = 7;
  const next = () => (seed = (seed * 48271) % 0x7fffffff);
  for (let round = 0; round < 400; round += 1) {
    const tail = Array.from({ length: next() % 600 }, () => String.fromCharCode(next() % 256));
    const given = bytes(heads[round % 5] + tail.join(""));
    for (const name of ["a.csv", "a.tsv", "a.txt", "a.xlsx", "a.xls", "a.ods", "request"]) {
      try {
        contents(name, given);
      } catch (refusal) {
        assert.notEqual(
          why(() => {
            throw refusal;
          }).reason,
          "BrokeReader",
        );
      }
    }
  }
});

test("bytes without end are read or refused in seconds, whatever they hold", () => {
  const pieces = [
    ",",
    "\n",
    ";,|\t\n",
    '"a""",',
    "dob,",
    " ",
    '""',
    "a\r",
    "D.O.B.",
    "💩",
    "\x01\n",
  ];
  for (const piece of pieces) {
    const given = utf8(piece.repeat((1 << 20) / piece.length));
    why(() => contents("leavers.csv", given));
    assert.equal(contents("request.txt", given).is, "text", piece);
  }
});

test("a word of a whole file is a body like any other", () => {
  const given = contents("request.txt", utf8("💩".repeat(4 << 20)));
  assert.ok(given.is === "text" && given.body.text.startsWith("💩"));
});
