import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf, namesRefusals, tellsOfRefusal } from "../../../src/reading/kind";
import { rules } from "../../../src/rules";
import { items, vectors } from "./reading";

const allAre = (kind: string, names: readonly string[]) => {
  for (const name of names) assert.equal(kindOf(name).kind, kind, name);
};

test("withdrawals are known by their words", () => {
  allAre("withdrawal", [
    "opt out.csv",
    "opted-outs.xlsx",
    "optouts.csv",
    "OPT_OUT.TXT",
    "Withdrawals.csv",
    "withdrawn pupils.txt",
    "8604001 withdrew.ods",
    "request withdraw.csv",
    "opting out 2027.csv.age",
  ]);
});

test("a word that only looks like opting out makes a consent list", () => {
  allAre("consent-list", [
    "Options - Southfield leavers.csv",
    "opt-in out.csv",
    "outopt.csv",
    "leavers.csv",
    "Year 11.XLSX",
    "opt.csv",
    "address list.csv",
    "latest.csv",
  ]);
});

test("requests and confirmations are known whatever their extension", () => {
  allAre("request", [
    "request",
    "request.txt",
    "Requests.csv",
    "REQUEST-2027",
    "Request for data.docx",
    "request.txt.age",
  ]);
  allAre("discrepancy", ["discrepancies.pdf", "discrepancy.txt"]);
  allAre("destruction", ["destroyed", "destroyed.txt"]);
  allAre("consent-list", ["our request.txt"]);
});

test("additions are spreadsheets whose first word says so", () => {
  allAre("addition", ["add 3 more.csv", "Late returns.xlsx", "additions.ods", "additional.tsv"]);
  allAre("unknown", ["add.docx"]);
  allAre("consent-list", ["list to add.csv"]);
});

test("every first word of the rules makes its kind", () => {
  for (const [word, kind] of Object.entries(rules.kinds.first_words)) allAre(kind, [`${word}.csv`]);
});

test("anything else is unknown and never parsed", () => {
  allAre("unknown", [
    "list.pdf",
    "list.docx",
    "8604001_CTF_8604100_001.xml",
    "list.csv.exe",
    "list.xlsm",
    "list",
    "",
    "withdrawal.docx",
    ".age",
  ]);
  for (const { name } of items<{ name: string }>(vectors("domain_vectors"), "ctf_names")) {
    allAre("unknown", [name]);
  }
});

test("encryption is told by the name, and the format by what is before it", () => {
  assert.deepEqual(kindOf("Leavers.XLSX.AGE"), {
    kind: "consent-list",
    encrypted: true,
    format: "xlsx",
  });
  assert.equal(kindOf(" leavers.csv .age ").format, "csv");
  assert.equal(kindOf("leavers.csv").encrypted, false);
  assert.equal(kindOf("request").format, undefined);
});

test("titles that tell of refusals are told from other sentences", () => {
  for (const title of ["Pupils who did not consent", "Declined", "No consent", "Opted out"]) {
    assert.ok(tellsOfRefusal(title), title);
  }
  for (const title of ["Confidential - do not pass on", "Year 11 leavers", "Sheet1", "", "not"]) {
    assert.ok(!tellsOfRefusal(title), title);
  }
});

test("names of refusals are told from names of lists", () => {
  for (const name of [
    "no consent.csv",
    "Non-consenting.xlsx",
    "declined 2027.csv",
    "Refusals.csv",
    "revoked.csv",
    "pupils who didn't agree.csv",
    "pupils who didn’t agree.csv",
    "OptedOut.csv",
    "objections.csv",
    "Consents outstanding.csv",
  ]) {
    assert.ok(namesRefusals(name), name);
  }
  for (const name of [
    "consent list.csv",
    "Norwood leavers.csv",
    "Notre Dame.csv",
    "leavers 2027.csv",
    "Options - Southfield leavers.csv",
  ]) {
    assert.ok(!namesRefusals(name), name);
  }
});
