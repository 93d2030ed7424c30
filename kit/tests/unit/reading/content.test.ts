import assert from "node:assert/strict";
import { test } from "node:test";
import { contentOf, contentOfText } from "../../../src/reading/content";
import { bytes } from "./reading";

test("first bytes tell what is no text", () => {
  for (const [given, content] of [
    ["%PDF-1.7", "Pdf"],
    ["\xff\xd8\xff\xe0", "Picture"],
    ["\0\0\0\x18ftypheic", "Picture"],
    ["RIFF\0\0\0\0WEBPVP8 ", "Picture"],
    ["7z\xbc\xaf\x27\x1c", "Archive"],
    [`${"\0".repeat(257)}ustar`, "Archive"],
    ["RIFF, Raff\n", "Other"],
    ["Forename,Surname\n", "Other"],
    ["", "Other"],
  ] as const) {
    assert.equal(contentOf(bytes(given)), content, given);
  }
});

test("first letters tell what has no cells", () => {
  for (const [text, content] of [
    ["<html><table>", "WebPage"],
    ["\ufeff\n <TABLE border=1>", "WebPage"],
    ["<?xml version='1.0'?><html/>", "WebPage"],
    [`<?xml version='1.0'?>\n<?mso-application progid="Excel.Sheet"?>`, "SpreadsheetXml"],
    ["<?xml version='1.0'?><CTfile><Header/>", "Ctf"],
    ["<records/>", "Markup"],
    ['[ {"forename": "Robin"}]', "Json"],
    ['{"pupils": []}', "Json"],
    ["MIME-Version: 1.0\nSubject: list\nContent-Type: multipart/related", "Mail"],
    ["MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: multipart/related", "WebPage"],
    ["[Confidential],,\n", undefined],
    ["<16,Surname\n", undefined],
    ["{Forename},Surname\n", undefined],
    ["Received,Surname\n", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(contentOfText(text), content, text);
  }
});
