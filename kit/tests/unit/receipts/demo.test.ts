import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { roleIn } from "../../../src/receipts/about";
import { parseReceipt, type Receipt } from "../../../src/receipts/receipt";
import { verify } from "../../../src/receipts/verifying";
import { readIdentity } from "../../../src/sealing/identity";
import { openFile } from "../../../src/sealing/opening";
import { readRecipient, sealTo } from "../../../src/sealing/recipient";
import { bytesOf, Folder, NEEDS, PILLARBOX, textOf } from "../sealing/programs";

// `pillarbox demo` tells the whole story of a made-up council: lists, releases, a recall, a notice.
const SCHOOL = "d/state/boxes/8994001";
const OUTBOX = `${SCHOOL}/outbox`;
const RECEIPTS = `${SCHOOL}/receipts`;

interface Proved {
  readonly name: string;
  readonly receipt: Receipt;
}

/** Every receipt in the school's box, each read and verified. */
function receipts(folder: Folder): readonly Proved[] {
  const signers = textOf(folder.read(`${SCHOOL}/allowed_signers`));
  const names = readdirSync(folder.at(RECEIPTS)).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => {
    const json = folder.read(`${RECEIPTS}/${name}`);
    const verdict = verify(json, folder.read(`${RECEIPTS}/${name}.sig`), signers, {
      now: new Date(),
    });
    assert.equal(verdict.is, "holds", name);
    const parsed = parseReceipt(json);
    return parsed.is === "receipt" ? { name, receipt: parsed.receipt } : assert.fail(name);
  });
}

test(
  "what a daemon sealed, signed and takes is what the page opens, proves and seals",
  NEEDS,
  async () => {
    await Folder.with(async (folder) => {
      const demo = folder.run(PILLARBOX, ["demo", "--keep", "d"]);
      assert.ok(demo.done, demo.said);
      const told = receipts(folder);
      const kinds = new Set(told.map(({ receipt }) => `${receipt.kind} ${receipt.outcome}`));
      for (const kind of [
        "consent-list accepted",
        "release released",
        "release recalled",
        "notice open",
      ]) {
        assert.ok(
          [...kinds].some((found) => found.startsWith(kind)),
          `${kind}: ${[...kinds].join()}`,
        );
      }

      // The newest release, with the SSH key of the person who collects it.
      const key = await readIdentity(folder.read("d/persons/alex"), () => assert.fail());
      assert.ok(key.is === "identities");
      const [name = ""] = readdirSync(folder.at(OUTBOX));
      const sealed = folder.read(`${OUTBOX}/${name}`);
      const opened = await openFile(sealed, key);
      assert.ok(opened.is === "opened", JSON.stringify(opened));
      assert.match(textOf(opened.bytes), /^\ufeff?Forename,Surname,Date of birth,/);
      const roles = told.map(({ receipt }) => roleIn(receipt, sealed));
      assert.ok(roles.includes("the-release"), roles.join());
      const released = told.find(({ receipt }) => roleIn(receipt, sealed) === "the-release");
      assert.deepEqual(released?.receipt.release?.recipients, key.named);

      // The pupils of a notice.
      const [pupils = ""] = readdirSync(folder.at(RECEIPTS)).filter((name) =>
        name.endsWith(".age"),
      );
      const notice = folder.read(`${RECEIPTS}/${pupils}`);
      assert.equal((await openFile(notice, key)).is, "opened");
      assert.ok(told.some(({ receipt }) => roleIn(receipt, notice) === "the-notice"));

      // A list that the page sealed, after the council changed its receipt key.
      const daemon = (...args: string[]) => {
        const ended = folder.run(PILLARBOX, [...args, "--config", "d/pillarbox.toml"]);
        assert.ok(ended.done, ended.said);
      };
      daemon("keys", "rotate", "receipts");
      const intake = readRecipient(textOf(folder.read(`${SCHOOL}/README.txt`)));
      assert.ok(intake.is === "recipient");
      const list = "Forename,Surname,Date of birth\r\nRobin,Example,03/02/2010\r\n";
      const upload = await sealTo(intake.recipient, bytesOf(list));
      folder.write(`${SCHOOL}/inbox/add robin.csv.age`, upload);
      folder.run("sleep", ["2.5"]);
      daemon("run", "--once");
      const answer = receipts(folder).find(
        ({ receipt }) => roleIn(receipt, upload) === "the-upload",
      );
      assert.equal(answer?.receipt.kind, "addition");
      assert.equal(answer?.receipt.outcome, "accepted");
      assert.ok(answer?.receipt.counts?.of === "rows" && answer.receipt.counts.consented === 1);
    });
  },
);
