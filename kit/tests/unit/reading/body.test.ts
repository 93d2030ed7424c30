import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, confirmedNotices, noticeIds, requestReason } from "../../../src/reading/body";
import type { Format } from "../../../src/reading/kind";
import { bytes, utf8, why } from "./reading";

const reason = (given: Uint8Array, format?: Format) => requestReason(bodyOf(given, format));

test("a request gives its reason in one line", () => {
  const told = reason(bytes("\xef\xbb\xbfFor the governors'\r\n\tmeeting\x07\n"));
  assert.equal(told, "For the governors' meeting");
  assert.equal(reason(utf8("ë".repeat(600)), "txt"), "ë".repeat(500));
  assert.equal(reason(bytes("")), "");
  assert.equal(reason(bytes("PK\x03\x04...")), "");
});

test("a list of pupils under a request's name is unclear", () => {
  for (const text of [
    "Forename,Surname,Date of birth\nRobin,Example,01/09/2010\n",
    "Please\n\nUPN;Surname\nP860400119001;Example\n",
    "Forename\tSurname\tConsent\n",
    'Forename,Surname,DOB\n"Robin,Example,01/09/2010\n',
  ]) {
    for (const format of [undefined, "txt", "csv"] as const) {
      const body = bodyOf(utf8(text), format);
      for (const told of [requestReason(body), confirmedNotices(body)]) {
        assert.ok(typeof told === "object" && "code" in told && told.code === "kind-unclear", text);
      }
    }
  }
  assert.equal(typeof reason(utf8("Please send it again, the file was lost")), "string");
});

test("a confirmation names notices", () => {
  assert.deepEqual(noticeIds("D000003, d000004 and D000003.\nD12"), [
    "D000003",
    "D000004",
    "D000012",
  ]);
  assert.deepEqual(noticeIds("DD000003 D S000001 xD000005 D99999999999999999999"), []);
  assert.deepEqual(noticeIds(bodyOf(utf8("Done: D000003"), undefined).text), ["D000003"]);
});

test("a body is cut where nobody reads on", () => {
  const { text } = bodyOf(utf8("😀".repeat((1 << 18) + 1)), "txt");
  assert.equal(text.length, 2 << 18);
  const many = Array.from({ length: 20_000 }, (_, at) => `D${at}`).join(" ");
  assert.equal(noticeIds(many).length, 10_000);
});

test("bytes that are no text have no reading", () => {
  assert.equal(why(() => bodyOf(bytes("a\0b"), "txt")).reason, "NotText");
});
