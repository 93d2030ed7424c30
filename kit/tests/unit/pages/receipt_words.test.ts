import assert from "node:assert/strict";
import { test } from "node:test";
import { countedLines, headline, longDay, longTime, next } from "../../../src/pages/receipt-words";
import { parseReceipt, type Receipt } from "../../../src/receipts/receipt";

function receipt(fields: object): Receipt {
  const json = JSON.stringify({
    schema: "pillarbox/receipt/v1",
    id: "S000123",
    kind: "consent-list",
    school: "8604001",
    outcome: "accepted",
    at: "2026-06-21T17:30:26Z",
    by: null,
    file: { name: "leavers.csv", bytes: 10, sha256: "ab".repeat(32) },
    problems: [],
    audit: { seq: 1, hash: "cd".repeat(32) },
    ...fields,
  });
  const parsed = parseReceipt(new TextEncoder().encode(json));
  assert.ok(parsed.is === "receipt", JSON.stringify(parsed));
  return parsed.receipt;
}

test("a refused file is told so in the first line, and what to do in the last", () => {
  const refused = receipt({ outcome: "rejected" });
  assert.equal(headline(refused), "S000123: your file was NOT taken.");
  assert.equal(next(refused), "Mend what is listed above and send the file again.");
});

test("the answer to a request is told apart from the request's own receipt", () => {
  const asked = receipt({ kind: "request", outcome: "rejected" });
  const answer = receipt({ kind: "request", outcome: "rejected", file: undefined });
  assert.equal(headline(asked), "S000123: your file was NOT taken.");
  assert.equal(headline(answer), "S000123: your request is declined.");
  assert.notEqual(next(asked), next(answer));
});

test("a reminder of a notice asks for what the notice asks for", () => {
  const notice = {
    id: "D000003",
    submission: "S000001",
    pupils: 1,
    releases: ["R000045"],
    file: null,
    recipients: [],
  };
  const fields = { id: "D000003", kind: "reminder", outcome: "open", file: undefined };
  const ofNotice = receipt({ ...fields, notice });
  assert.match(headline(ofNotice), /Please destroy what this notice asks for/);
  assert.match(next(ofNotice), /«destroyed\.txt»/);
  assert.match(headline(receipt(fields)), /still lies in your outbox/);
});

test("one pupil is spoken of as one, and two as two", () => {
  const counts = {
    rows: 1,
    consented: 1,
    not_consented: 0,
    withdrawn: 0,
    rejected: 0,
    new: 1,
    renewed: 0,
    lapsed: 1,
  };
  const [was, changed] = countedLines(receipt({ counts }));
  assert.deepEqual(was?.lines[0], [1, "pupil's row, of which"]);
  assert.deepEqual(changed?.lines[2], [
    1,
    "pupil is no longer on your list; sharing for this pupil has stopped",
  ]);
  const [, two] = countedLines(receipt({ counts: { ...counts, lapsed: 2 } }));
  assert.match(two?.lines[2]?.[1] ?? "", /^pupils are no longer/);
});

test("a moment is told by the clock on an English wall, in summer too", () => {
  assert.equal(longTime(new Date("2026-06-21T17:30:26Z")), "21 June 2026, 18:30:26");
  assert.equal(longDay("2027-03-01", -1), "28 February 2027");
  assert.equal(longDay("soon"), "soon");
});
