import assert from "node:assert/strict";
import { test } from "node:test";
import { lettersOf } from "../../../../src/reading/workbook/letters";
import { resolved, unescaped } from "../../../../src/reading/workbook/references";
import { Xml } from "../../../../src/reading/workbook/xml";
import { why } from "./made";

const pieces = (text: string, endsMatch = false) => {
  const xml = new Xml({ text, cut: false }, endsMatch);
  const seen: string[] = [];
  for (;;) {
    const piece = xml.next();
    const shown =
      piece === "start" || piece === "end" ? xml.name : piece === "text" ? xml.text : "";
    seen.push(`${piece} ${shown}`.trim());
    if (piece === "over" || piece === "broken") return seen;
  }
};

const tag = (text: string) => {
  const xml = new Xml({ text, cut: false }, false);
  xml.next();
  return xml.attributes;
};

test("what stands in a text is shown piece by piece", () => {
  assert.deepEqual(pieces("<?x?><a:b c='>'>t\r\nu&lt;<!--<--><![CDATA[<]]></a:b ><d/>"), [
    "other",
    "start a:b",
    "text t\nu",
    "reference",
    "other",
    "cdata",
    "end a:b",
    "start d",
    "end d",
    "over",
  ]);
  assert.deepEqual(pieces("</a>"), ["end a", "over"]);
  assert.deepEqual(pieces("</a>", true), ["broken"]);
  for (const broken of [
    "<a",
    "&a",
    "&<",
    "<!x>",
    "<!--",
    "<![CDATA[",
    "<?",
    "<!DOCTYPE>",
    "<a b='>",
  ]) {
    assert.deepEqual(pieces(broken), ["broken"], broken);
  }
});

test("one reader breaks at what is no attribute, and the other goes on behind it", () => {
  const odd = "<a b c=d x:e='1' e=\"2\" f>";
  assert.deepEqual(tag(odd).allNamed("e"), ["1", "2"]);
  assert.equal(tag(odd).named("c"), undefined);
  assert.equal(
    why(() => tag(odd).exact("e")),
    "Damaged",
  );
  assert.equal(tag("<a e='1' c=d>").exact("e"), "1");
  assert.deepEqual(tag("<a r='1' r='2' t='3'>").several(["r", "t"]), ["2", undefined]);
});

test("references stand for one letter each, or for none", () => {
  assert.deepEqual(["amp", "#65", "#x1F600"].map(resolved), ["&", "A", "\u{1f600}"]);
  for (const none of ["nbsp", "#0", "#xD800", "#X41", "#x110000", "", "#", "#-1"]) {
    assert.equal(resolved(none), undefined, none);
  }
  assert.equal(unescaped("a&lt;b"), "a<b");
  assert.equal(unescaped("a&b"), undefined);
  assert.equal(unescaped("a&&lt;"), undefined);
});

test("a text ends where its bytes stop being letters", () => {
  const bytes = (text: string) => Buffer.from(text, "latin1");
  assert.deepEqual(lettersOf(bytes("\xef\xbb\xbfa\xc3\xa9")), { text: "aé", cut: false });
  assert.deepEqual(lettersOf(bytes("ab\xc3\xa9\xffcd")), { text: "abé", cut: true });
  assert.deepEqual(lettersOf(bytes("ab\xc3")), { text: "ab", cut: true });
  assert.deepEqual(lettersOf(bytes("\xff\xfe<")), { text: "", cut: true });
});
