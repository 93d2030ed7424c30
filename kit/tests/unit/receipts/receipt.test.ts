import assert from "node:assert/strict";
import { test } from "node:test";
import { roleIn } from "../../../src/receipts/about";
import { parseReceipt, type Receipt } from "../../../src/receipts/receipt";
import { verify } from "../../../src/receipts/verifying";
import { bytesOf } from "../sealing/programs";
import { ALLOWED_SIGNERS, JSON_TEXT, SIG } from "./made";

const CHECKING = { now: new Date("2026-12-01T10:00:00Z"), domain: "council.example" };

function read(text: string | Uint8Array): Receipt {
  const parsed = parseReceipt(typeof text === "string" ? bytesOf(text) : text);
  return parsed.is === "receipt" ? parsed.receipt : assert.fail(parsed.reason);
}

function reason(text: string): string {
  const parsed = parseReceipt(bytesOf(text));
  return parsed.is === "refused" ? parsed.reason : parsed.is;
}

test("the receipt of a list reads as the daemon wrote it", () => {
  const receipt = read(JSON_TEXT);
  assert.equal(receipt.id, "S000001");
  assert.equal(receipt.kind, "consent-list");
  assert.equal(receipt.outcome, "accepted-with-errors");
  assert.equal(receipt.at.toISOString(), "2026-11-21T10:00:00.000Z");
  assert.equal(receipt.file?.name, "leavers.csv");
  assert.ok(receipt.counts?.of === "rows" && receipt.counts.rejected === 1);
  assert.deepEqual(
    receipt.problems.map(({ row, code, severity }) => [row, code, severity]),
    [
      [null, "consent-date-assumed", "warning"],
      [4, "dob-not-a-date", "error"],
    ],
  );
  assert.equal(receipt.rehearsal, true);
  assert.equal(receipt.audit.seq, 2);
});

test("the daemon's own receipt holds after its key was retired", () => {
  const verdict = verify(bytesOf(JSON_TEXT), bytesOf(SIG), ALLOWED_SIGNERS, CHECKING);
  assert.ok(verdict.is === "holds", JSON.stringify(verdict));
  assert.equal(verdict.signer, "receipts@council.example");
  assert.match(verdict.note, /^The council changed its key on 21 November 2026\./);
});

test("a file is known by its hash in the receipt", () => {
  const list = bytesOf(
    "Forename,Surname,Date of birth,Consent\r\nRobin,Example,03/02/2010,yes\r\n" +
      "Sam,Sample,2010-04-05,yes\r\nKim,Wrong,31/02/2010,yes\r\n",
  );
  assert.equal(roleIn(read(JSON_TEXT), list), "the-upload");
  assert.equal(roleIn(read(JSON_TEXT), list.subarray(1)), undefined);
});

test("what is no receipt is named for what it is", () => {
  assert.equal(reason(""), "empty");
  assert.equal(reason("{}"), "not-a-receipt");
  assert.equal(reason("[]"), "not-a-receipt");
  assert.equal(reason("null"), "not-a-receipt");
  assert.equal(reason("Forename,Surname"), "not-a-receipt");
  assert.equal(reason(SIG), "signature");
  assert.equal(reason("REHEARSAL: ...\r\n\r\nS000001: your file was taken.\r\n"), "text");
  for (const length of [60, 200, JSON_TEXT.length - 3]) {
    assert.equal(reason(JSON_TEXT.slice(0, length)), "damaged");
  }
  assert.equal(reason(JSON_TEXT.replace("receipt/v1", "receipt/v2")), "newer");
  assert.equal(reason(JSON_TEXT.replace("consent-list", "wish-list")), "newer");
  for (const [from, to] of [
    ["2026-11-21T10:00:00Z", "2026-11-31T10:00:00Z"],
    ["2026-11-21T10:00:00Z", "21/11/2026"],
    ['"rows": 3', '"rows": -3'],
    ['"rows": 3', '"rows": "3"'],
    ['"problems": [', '"problems": [7,'],
    ['"rehearsal": true', '"rehearsal": 1'],
  ] as const) {
    assert.equal(reason(JSON_TEXT.replace(from, to)), "not-a-receipt", to);
  }
});

test("fields and codes that came later are passed over", () => {
  const later = JSON_TEXT.replace('"id"', '"later": {"x": 1}, "id"').replace(
    "dob-not-a-date",
    "later",
  );
  assert.equal(read(later).problems[1]?.code, "later");
});
