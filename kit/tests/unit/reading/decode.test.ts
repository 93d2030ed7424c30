import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../../../src/reading/decode";
import { bytes, utf8, why } from "./reading";

function read(given: Uint8Array): readonly [string, boolean] {
  const { text, assumed } = decode(given);
  return [text, assumed];
}

test("marks come first, then UTF-8, then Windows-1252", () => {
  assert.deepEqual(read(utf8("Zoë")), ["Zoë", false]);
  assert.deepEqual(read(bytes("\xef\xbb\xbfZo\xc3\xab")), ["Zoë", false]);
  assert.deepEqual(read(bytes("\xff\xfeZ\0o\0\xeb\0")), ["Zoë", false]);
  assert.deepEqual(read(bytes("\xfe\xff\0Z\0o\0\xeb")), ["Zoë", false]);
  assert.deepEqual(read(bytes("Zo\xeb")), ["Zoë", true]);
  assert.deepEqual(read(bytes("O\x92Brien \x80\x9f")), ["O’Brien €Ÿ", true]);
  assert.deepEqual(read(bytes("\xffa")), ["ÿa", true]);
  assert.deepEqual(read(bytes("")), ["", false]);
});

test("only the first mark is a mark", () => {
  assert.deepEqual(read(bytes("\xef\xbb\xbf\xef\xbb\xbfa")), ["\ufeffa", false]);
});

test("bytes that are no text are refused", () => {
  for (const given of [
    "\xef\xbb\xbfZo\xeb",
    "Zo\0e",
    "Zo\xeb\x81",
    "Zo\xeb\x8d",
    "Zo\xeb\x8f",
    "Zo\xeb\x90",
    "Zo\xeb\x9d",
    "\xff\xfeZ\0o\0\xeb",
    "\xff\xfe\0\0Z\0\0\0",
    "\xff\xfe\0\xd8a\0",
  ]) {
    assert.equal(why(() => decode(bytes(given))).reason, "NotText", JSON.stringify(given));
  }
});

test("UTF-16 without its mark is told from bytes that are no text", () => {
  const text = "Forename\tSurname\r\nZoë\tExample’s\r\n";
  const units = [...text].map((letter) => letter.charCodeAt(0));
  const little = Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8]));
  const big = Uint8Array.from(units.flatMap((unit) => [unit >> 8, unit & 0xff]));
  for (const given of [little, big, bytes("Z\0o\0e\0")]) {
    assert.equal(why(() => decode(given)).reason, "Utf16Unmarked");
  }
  assert.equal(why(() => decode(new Uint8Array(64))).reason, "NotText");
  assert.equal(why(() => decode(bytes("a\0"))).reason, "NotText");
});
