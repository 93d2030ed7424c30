import assert from "node:assert/strict";
import { test } from "node:test";
import { check, checkTable } from "../../../src/checking";
import type { Day } from "../../../src/domain/days";
import { rules } from "../../../src/rules";

const TODAY = "2026-11-21" as Day;
const LIST = "Forename,Surname,DOB,LAESTAB\nRobin,Archer,31/08/2010,8604002\n";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const checked = (name: string, text: string) => check(name, bytesOf(text), TODAY);
const codes = (name: string, text: string) => checked(name, text).problems.map(({ code }) => code);

test("a list tells its kind by its name, and is judged by its rows", () => {
  const list = checked("leavers.csv", LIST);
  assert.deepEqual(
    [list.kind, list.outcome, list.counts?.consented],
    ["consent-list", "accepted", 1],
  );
  assert.equal(list.read?.list.rows.length, 1);
  assert.equal(checked("add Robin.csv", LIST).kind, "addition");
  const withdrawal = checked("opt out.csv", LIST);
  assert.deepEqual([withdrawal.kind, withdrawal.counts?.withdrawn], ["withdrawal", 1]);
});

test("schools in a list are compared only where it is known whose list it is", () => {
  assert.equal(checked("leavers.csv", LIST).outcome, "accepted");
  const judged = check("leavers.csv", bytesOf(LIST), TODAY, { laestab: "8604001" });
  assert.deepEqual([judged.outcome, judged.doubtful], ["rejected", true]);
  assert.equal(judged.problems[0]?.code, "wrong-school");
});

test("bare numbers are days only within a pupil's age, as it is today", () => {
  const born = "Forename,Surname,DOB\nRobin,Archer,40421\n";
  assert.equal(checked("leavers.csv", born).outcome, "accepted");
  const later = check("leavers.csv", bytesOf(born), "2036-11-21" as Day);
  assert.equal(later.problems.at(-1)?.code, "dob-not-a-date");
});

test("a request is taken unless it is a list of pupils", () => {
  const request = checked("request.txt", "For the governors' meeting.");
  assert.deepEqual([request.kind, request.outcome, request.counts], ["request", "accepted", null]);
  assert.deepEqual(codes("request.csv", LIST), ["kind-unclear"]);
});

test("a discrepancy is taken whatever it is, and told where its words can't be read", () => {
  assert.deepEqual(checked("discrepancy.txt", "The provider is wrong.").notes, []);
  const sealed = checked("discrepancy.docx", "PK\x03\x04");
  assert.equal(sealed.outcome, "accepted");
  assert.match(sealed.notes[0]!, /^Only plain text and spreadsheets can be read here/);
  assert.deepEqual(codes("discrepancy.txt", ""), ["file-empty"]);
});

test("a confirmation of notices is only as good as the notices that are known, which are none", () => {
  const told = checked("destroyed.txt", "D000003 and d4");
  assert.deepEqual([told.outcome, told.counts], ["rejected", null]);
  assert.deepEqual(
    told.problems.map(({ message }) => message),
    ["Your school has no open notice D000003.", "Your school has no open notice D000004."],
  );
  assert.equal(checked("destroyed", "All done.").problems[0]?.message, "The file names no notice.");
});

test("nobody can look into an encrypted upload, and one that is not encrypted is told", () => {
  const sealed = checked("leavers.csv.age", "age-encryption.org/v1\n-> X25519 abc\n");
  assert.deepEqual([sealed.kind, sealed.encrypted, sealed.read], ["consent-list", true, undefined]);
  assert.match(sealed.problems[0]!.message, /this page can't look into it/);
  assert.deepEqual(codes("leavers.csv.age", LIST), ["file-unreadable"]);
  assert.deepEqual(codes("leavers.docx.age", "age-encryption.org/v1\n"), ["file-type-unknown"]);
});

test("what is no list, or no file that the council takes, is refused by its name or its size", () => {
  assert.deepEqual(codes("leavers.pdf", "%PDF"), ["file-type-unknown"]);
  assert.equal(checked("leavers.pdf", "%PDF").counts, null);
  const large = check("leavers.csv", new Uint8Array(rules.limits.max_bytes + 1), TODAY);
  assert.deepEqual(
    large.problems.map(({ code }) => code),
    ["file-too-large"],
  );
  assert.equal(large.counts?.rows, 0);
});

test("rows that were mended are checked as those of the file that they came from", () => {
  const { table } = checked("leavers.csv", LIST).read!;
  assert.deepEqual(checkTable("leavers.csv", table, TODAY), checked("leavers.csv", LIST));
  assert.equal(checkTable("leavers.pdf", table, TODAY).outcome, "rejected");
});
