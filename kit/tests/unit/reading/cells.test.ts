import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readAnswer,
  readPlan,
  readSchool,
  readUln,
  readUpn,
  readWithdrawal,
  readYearGroup,
  unquoted,
  unwrapped,
} from "../../../src/reading/cells";
import type { Value } from "../../../src/reading/table";

const text = (said: string): Value => ({ kind: "text", text: said });

test("wrappers of spreadsheets are stripped", () => {
  assert.equal(unwrapped("'0123"), "0123");
  assert.equal(unwrapped('="0123"'), "0123");
  assert.equal(unwrapped("=0123"), "=0123");
  assert.equal(unwrapped('="'), '="');
  assert.equal(unwrapped('=""'), "");
  assert.equal(unquoted("'t Hooft"), "'t Hooft");
});

test("a UPN is read in any case and with spaces", () => {
  for (const good of [
    "P860400119001",
    "p860400119001",
    " P860 4001 19001",
    "P860\u00a04001\u200b19001",
    "'P860400119001",
  ]) {
    assert.deepEqual(readUpn(good), { is: "read", value: "P860400119001" }, good);
  }
  for (const wrong of ["A860400119001", "P86040011900", "n/a", "P8６60400119001"]) {
    assert.deepEqual(readUpn(wrong), { is: "bad", code: "upn-invalid" }, wrong);
  }
  assert.deepEqual(readUpn("  "), { is: "blank" });
});

test("a ULN loses its wrapper and never gains digits", () => {
  for (const good of ["9276308686", "9276308686.0", "'9276308686", '="9276308686"']) {
    assert.deepEqual(readUln(good), { is: "read", value: "9276308686" }, good);
  }
  for (const wrong of ["9.27631E+09", "9276308687", "9276 308686", "9999999999", "9276308686.00"]) {
    assert.deepEqual(readUln(wrong), { is: "bad", code: "uln-invalid" }, wrong);
  }
});

test("nothing but a word of the closed list is a yes", () => {
  for (const yes of ["Yes", "Y", "1", "TRUE", "✔\ufe0f", "'yes", '="Consent given"']) {
    assert.equal(readAnswer(text(yes)), "yes", yes);
  }
  for (const no of ["No", "refused", "✗", "0"]) assert.equal(readAnswer(text(no)), "no", no);
  for (const other of ["", "TBC", "x", "ýes", "УES", "Y/N", "yes (verbal)", "1.0"]) {
    assert.equal(readAnswer(text(other)), "unclear", other);
  }
  assert.equal(readAnswer({ kind: "date", text: "2026-05-11" }), "unclear");
});

test("whatever is no plain no withdraws", () => {
  for (const yes of ["Yes", "withdrawn", "Declined", "last week", "32/13/2026", "x"]) {
    assert.equal(readWithdrawal(text(yes)).is, "yes", yes);
  }
  for (const no of ["", "No", "N", "0", "FALSE", "-", "n/a", "None", "Not withdrawn"]) {
    assert.equal(readWithdrawal(text(no)).is, "no", no);
  }
});

test("year groups are read in their spellings", () => {
  for (const spelling of ["11", "Year 11", "Yr11", "Y11", "11A", "yr. 11", "Year 11 A", "011"]) {
    assert.equal(readYearGroup(spelling), 11, spelling);
  }
  for (const other of [
    "",
    "Year",
    "99",
    "0",
    "11 and 12",
    "Reception",
    "2010-2011",
    "yyear 11",
    "11ëëë",
  ]) {
    assert.equal(readYearGroup(other), undefined, other);
  }
});

test("only a plan is a plan", () => {
  assert.ok(readPlan(text("Yes"), "ehcp"));
  assert.ok(!readPlan(text("Yes"), "sen"));
  for (const plan of ["E", "e", "EHCP", "E - Education, health and care plan"]) {
    assert.ok(readPlan(text(plan), "sen"), plan);
  }
  for (const none of ["K", "N", "S", ""]) assert.ok(!readPlan(text(none), "sen"), none);
});

test("schools are told by number or by name", () => {
  for (const number of ["8604001", "860/4001", "860-4001", "8604001.0", "'8604001"]) {
    assert.deepEqual(
      readSchool(number, "number"),
      { is: "read", value: { is: "laestab", number: "8604001" } },
      number,
    );
  }
  assert.deepEqual(readSchool("124001", "number"), {
    is: "read",
    value: { is: "urn", number: 124001 },
  });
  assert.deepEqual(readSchool("Cannock Vale High School", "name"), {
    is: "read",
    value: { is: "name" },
  });
  for (const [wrong, column] of [
    ["4001", "name"],
    ["Cannock", "number"],
  ] as const) {
    assert.deepEqual(readSchool(wrong, column), { is: "bad", code: "wrong-school" });
  }
  assert.deepEqual(readSchool("", "name"), { is: "blank" });
});
