import assert from "node:assert/strict";
import { test } from "node:test";
import { aliasOf, FIELDS, identifies, speaksOfConsent } from "../../../src/reading/aliases";
import { shown } from "../../../src/reading/header";
import { rules } from "../../../src/rules";

const field = (header: string) => aliasOf(header)?.field;
const rank = (header: string) => aliasOf(header)?.rank ?? NaN;

test("case, spaces and punctuation do not matter", () => {
  for (const header of ["Date of Birth", "date_of_birth", "D.O.B.", " DOB* ", "Date-Of-Birth"]) {
    assert.equal(field(header), "born", header);
  }
  assert.equal(field("Forename(s)"), "forename");
  assert.equal(field("CHILD_FIRST_NAME"), "forename");
  assert.equal(field("Year (Current Year)"), "year_group");
  assert.equal(field("LEA/Estab"), "school");
  assert.equal(field("SEN Status"), "ehcp");
});

test("nothing beyond the list is guessed", () => {
  for (const header of [
    "Former UPN",
    "Middle name",
    "Birth day",
    "",
    "Vorname",
    "Month/year of birth",
  ]) {
    assert.equal(field(header), undefined, header);
  }
});

test("every alias of the rules is of a field that is known here", () => {
  for (const [alias, named] of rules.aliases) assert.equal(field(String(alias)), named);
  assert.deepEqual(new Set(rules.aliases.map(([, named]) => named)), new Set(FIELDS));
});

test("legal names go before preferred ones", () => {
  assert.ok(rank("Legal Surname") < rank("Surname"));
  assert.ok(rank("Surname") < rank("Preferred Surname"));
  assert.ok(rank("First name") < rank("Known as"));
});

test("other consents are noticed", () => {
  for (const header of [
    "Parental consent",
    "Photo consent",
    "Opted out",
    "Permission given",
    "Refused?",
  ]) {
    assert.equal(field(header), undefined, header);
    assert.ok(speaksOfConsent(header), header);
  }
  assert.ok(!speaksOfConsent("Tutor group"));
});

test("names, birthdays and numbers identify, and nothing else does", () => {
  assert.deepEqual(FIELDS.filter(identifies), [
    "forename",
    "surname",
    "whole_name",
    "born",
    "upn",
    "uln",
  ]);
});

test("a header is shown short and without what turns a sentence around", () => {
  assert.equal(shown("Fore\u202ename\u2066\ufeff"), "Fore name  ");
  assert.equal(shown("a\nb\u2028c"), "a b c");
  assert.equal(shown("ë".repeat(50)), "ë".repeat(40));
});
