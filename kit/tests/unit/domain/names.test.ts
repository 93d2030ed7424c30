import assert from "node:assert/strict";
import { test } from "node:test";
import { parseName } from "../../../src/domain/names";
import { items, vectors } from "../reading/reading";

const refusal = (text: string) => parseName(text).is;

test("a name is trimmed and never mended", () => {
  assert.deepEqual(parseName(" \u200bZoë\u0085 "), { is: "name", name: "Zoë" });
  assert.equal(refusal(" \ufeff"), "empty");
  for (const lost of [
    "Zo?",
    "ZoÃ«",
    "Oâ€™Brien",
    "O&#39;Brien",
    "J0hn",
    "A\ufffdb",
    "Tab\tbed",
    "-",
    "٣Ali",
  ]) {
    assert.equal(refusal(lost), "characters", lost);
  }
  assert.equal(refusal("a".repeat(101)), "too-long");
  assert.equal(refusal("𐒰".repeat(100)), "name");
});

test("a name that was read in the wrong encoding is no name", () => {
  for (const garbled of [
    "TomaÅ¼ek",
    "StanisÅ‚aw",
    "Åžirin",
    "GwydÅ´r",
    "Ä’va",
    "Ren√©",
    "D‚ÄôArcy",
    "Ji┼Ö├¡",
    "ZoĆ«",
    "Ren‚",
    "Fran¡ois",
    "Zo&euml;",
    "O&rsquo;Brien",
    "Siân™",
  ]) {
    assert.equal(refusal(garbled), "characters", garbled);
  }
});

test("names of all the world are names", () => {
  for (const name of [
    "Åse",
    "Ärla",
    "Élodie",
    "Łukasz",
    "Gwydŵr",
    "Ngũgĩ",
    "Đặng",
    "Çağla",
    "Þórdís",
    "Σοφία",
    "Анна",
    "مريم",
    "अनिता",
    "田中",
    "ジョン・スミス",
    "Gal·la",
    "Kāʻike",
    "O’Brien",
    "O´Brien",
    "Smith–Jones",
    "van ’t Hooft",
    "William “Bill”",
    "Fatou\u0301",
    "Anne & Co",
    "Ann*",
    "Smith (Jones)",
    "D'Arcy/Wisp",
    "Niamh Ní Bhriain",
    "Ma.ª Luz",
  ]) {
    assert.deepEqual(parseName(name), { is: "name", name });
  }
});

test("names that lost letters are refused as in the contract's vectors", () => {
  for (const item of items<{ seen?: string; true: string }>(
    vectors("domain_vectors"),
    "mojibake",
  )) {
    if (typeof item.seen === "string") assert.notEqual(refusal(item.seen), "name", item.seen);
    assert.equal(refusal(item.true), "name", item.true);
  }
});
