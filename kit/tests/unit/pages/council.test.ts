import assert from "node:assert/strict";
import { test } from "node:test";
import { contactOf, parseFacts } from "../../../src/pages/council";

test("a page that knows nothing says so, whatever stands in its place", () => {
  for (const json of ["{}", "", "[]", "null", '"x"', "{"]) {
    const facts = parseFacts(json);
    assert.deepEqual(
      [facts.council, facts.school, facts.intake, facts.signers],
      [undefined, undefined, undefined, undefined],
    );
  }
});

test("what the daemon writes is read", () => {
  const facts = parseFacts(
    JSON.stringify({
      council: { name: "Made-up Council", contact: "m@council.example", domain: "council.example" },
      school: { id: "8604001", name: "Made-up School", urn: 123456 },
      intake: "age1madeup",
      signers: "receipts@council.example ssh-ed25519 AAAA",
    }),
  );
  assert.equal(facts.school?.id, "8604001");
  assert.equal(facts.school?.urn, 123456);
  assert.equal(facts.intake, "age1madeup");
  assert.equal(contactOf(facts), "m@council.example");
});

test("a school without a URN, and a council without an intake key, are whole", () => {
  const facts = parseFacts('{"school":{"id":"8604001","name":"S","urn":null},"intake":null}');
  assert.equal(facts.school?.urn, undefined);
  assert.equal(facts.intake, undefined);
  assert.equal(contactOf(facts), "your contact at the council");
});
