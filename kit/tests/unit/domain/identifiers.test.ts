import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isTemporary,
  parseLaestab,
  parseUln,
  parseUpn,
  parseUrn,
} from "../../../src/domain/identifiers";
import { items, vectors } from "../reading/reading";

interface Item {
  readonly in: string;
  readonly kind?: string;
  readonly r?: string;
}

const identifiers = vectors("identifiers");
const domain = vectors("domain_vectors");

test("a UPN is proved by its letter, and tells whether it is temporary", () => {
  for (const item of items<Item>(identifiers, "upn", "valid")) {
    assert.equal(parseUpn(item.in), item.in);
    assert.equal(isTemporary(item.in), item.kind === "temporary", item.in);
  }
  for (const item of items<Item>(identifiers, "upn", "invalid")) {
    assert.equal(parseUpn(item.in), undefined, item.in);
  }
});

test("UPNs of areas that are no more are UPNs", () => {
  for (const item of items<Item>(domain, "upn_la_code_traps")) assert.ok(parseUpn(item.in));
  for (const twin of items<string>(domain, "upn_twins")) assert.ok(parseUpn(twin));
});

test("a ULN is proved by its digit", () => {
  for (const list of ["valid", "surprise_valid"]) {
    for (const item of items<Item>(identifiers, "uln", list)) {
      assert.equal(parseUln(item.in), item.in);
    }
  }
  for (const item of items<Item>(identifiers, "uln", "invalid")) {
    assert.equal(parseUln(item.in), undefined, item.in);
  }
  assert.equal(parseUln("9999999999"), undefined);
});

test("a school's numbers are read in their spellings", () => {
  for (const item of items<Item>(identifiers, "laestab", "valid")) {
    assert.equal(parseLaestab(item.in), item.r);
  }
  for (const item of items<Item>(identifiers, "laestab", "invalid")) {
    assert.equal(parseLaestab(item.in), undefined, item.in);
  }
  for (const item of items<Item>(identifiers, "urn", "valid")) {
    assert.equal(parseUrn(item.in), Number(item.in));
  }
  for (const item of items<Item>(identifiers, "urn", "invalid")) {
    assert.equal(parseUrn(item.in), undefined, item.in);
  }
});

test("digits of other scripts are no digits", () => {
  assert.equal(parseUpn("P８60400119001"), undefined);
  assert.equal(parseUln("９２７６３０８６８６"), undefined);
  assert.equal(parseLaestab("８６０４００１"), undefined);
  assert.equal(parseUrn("１２４００１"), undefined);
  assert.equal(parseUrn("124001\n"), undefined);
});
