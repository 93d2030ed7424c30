import assert from "node:assert/strict";
import { test } from "node:test";
import { verify, type Verdict } from "../../../src/receipts/verifying";
import { bytesOf, Folder, textOf } from "../sealing/programs";
import { DOMAIN, newKey, receipt, signed, SIGNER, sshKeygenHolds } from "./council";

const NOW = new Date();
const JSON_TEXT = receipt("2026-11-21T10:00:00Z");
const PURPOSE = 'namespaces="pillarbox-receipt,pillarbox-checkpoint"';

function check(
  sig: Uint8Array,
  signers: string,
  { json = bytesOf(JSON_TEXT), now = NOW, domain = DOMAIN as string | undefined } = {},
): Verdict {
  const verdict = verify(json, sig, signers, { now, domain });
  if (verdict.is === "refused")
    assert.ok(verdict.message.endsWith(".") && verdict.fix.endsWith("."));
  return verdict;
}

function told(verdict: Verdict): string {
  return verdict.is === "holds" ? "holds" : verdict.reason;
}

function flipped(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ bits;
  return changed;
}

test("a receipt holds that ssh-keygen signed, with whom and by which key", async () => {
  await Folder.with((folder) => {
    const key = newKey(folder, "key");
    const print = textOf(folder.run("ssh-keygen", ["-l", "-f", "key"]).out).split(" ")[1];
    const signers = `${SIGNER} ${PURPOSE} ${key}\n`;
    for (const hash of ["sha512", "sha256"]) {
      const sig = signed(folder, "key", JSON_TEXT, { hash });
      assert.ok(sshKeygenHolds(folder, JSON_TEXT, sig, signers));
      for (const domain of [DOMAIN, undefined]) {
        assert.deepEqual(check(sig, signers, { domain }), {
          is: "holds",
          signer: SIGNER,
          fingerprint: print,
          message: `Signed by ${SIGNER}. Not one byte was changed since.`,
          note: "",
        });
      }
      const windows = bytesOf(textOf(sig).replaceAll("\n", "\r\n"));
      assert.equal(told(check(windows, signers.replaceAll("\n", "\r\n"))), "holds");
    }
  });
});

test("every flipped bit of the receipt and of its signature is told", async () => {
  await Folder.with((folder) => {
    const signers = `${SIGNER} ${PURPOSE} ${newKey(folder, "key")}\n`;
    const sig = signed(folder, "key", JSON_TEXT);
    const json = bytesOf(JSON_TEXT);
    for (let at = 0; at < json.length; at += 1) {
      const changed = flipped(json, at, 1 << (at % 8));
      assert.equal(told(check(sig, signers, { json: changed })), "not-of-this-receipt");
    }
    for (let at = 0; at < sig.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = check(flipped(sig, at, 1 << bit), signers);
        assert.equal(changed.is, "refused", `bit ${bit} of byte ${at}`);
      }
      const cut = told(check(sig.subarray(0, at), signers));
      const expected = at === 0 ? "not-a-signature" : "signature-damaged";
      assert.equal(cut, at === sig.length - 1 ? "holds" : expected, `cut at ${at}`);
    }
  });
});

test("of every changed allowed_signers the page says what ssh-keygen says", async () => {
  await Folder.with((folder) => {
    const line = `${SIGNER} ${PURPOSE},valid-after="20260901",valid-before="20991231" `;
    const signers = bytesOf(`${line}${newKey(folder, "key")}\n`);
    const sig = signed(folder, "key", JSON_TEXT);
    let holds = 0;
    for (let at = 0; at < signers.length; at += 1) {
      for (const bit of at % 4 === 0 ? [1, 32] : [1]) {
        const changed = flipped(signers, at, bit);
        const ours = told(check(sig, textOf(changed))) === "holds";
        const theirs = sshKeygenHolds(folder, JSON_TEXT, sig, changed);
        assert.equal(ours, theirs, `bit ${bit} of byte ${at}: ${textOf(changed)}`);
        holds += Number(ours);
      }
      if (at % 5 !== 0) continue;
      const cut = signers.subarray(0, at);
      const ours = told(check(sig, textOf(cut))) === "holds";
      assert.equal(ours, sshKeygenHolds(folder, JSON_TEXT, sig, cut), `cut at ${at}`);
    }
    assert.ok(holds > 0 && holds < signers.length);
  });
});

test("lines of every form are read as ssh-keygen reads them", async () => {
  await Folder.with((folder) => {
    const [key, other, rsa] = [
      newKey(folder, "key"),
      newKey(folder, "other"),
      newKey(folder, "rsa", "rsa"),
    ];
    const sig = signed(folder, "key", JSON_TEXT);
    const good = `${SIGNER} ${key}`;
    const files = [
      good,
      `${good} with a comment`,
      `  ${good}`,
      `\t# remark\n\n${good}`,
      `"${SIGNER},someone else" ${key}`,
      `*@council.example ${key}`,
      `*,!receipts@* ${key}`,
      `someone@council.example,receipts@*.example ${key}`,
      `receipts@council.exampl? ${key}`,
      `Receipts@council.example ${key}`,
      `${SIGNER} namespaces="git" ${key}`,
      `${SIGNER} namespaces="git,pillarbox-*" ${key}`,
      `${SIGNER} namespaces="*,!pillarbox-receipt" ${key}`,
      `${SIGNER} NAMESPACES="*" ${key}`,
      `${SIGNER} namespaces="" ${key}`,
      `${SIGNER} namespaces="git",namespaces="*" ${key}`,
      `${SIGNER} namespaces=pillarbox-receipt ${key}`,
      `${SIGNER} namespaces="pillarbox-receipt ${key}`,
      `${SIGNER} namespaces="a b,pillarbox-receipt" ${key}`,
      `${SIGNER} cert-authority ${key}`,
      `${SIGNER} cert-authority,namespaces="*" ${key}\n${good}`,
      `${SIGNER} unknown-option ${key}`,
      `${SIGNER} unknown="x" ${key}\n${good}`,
      `${SIGNER} namespaces="*", ${key}`,
      `${SIGNER} ,namespaces="*" ${key}`,
      `someone@council.example unknown="x" ${key}\n${good}`,
      `${SIGNER} ${key.slice(0, -4)}\n${good}`,
      `someone@council.example ${key.slice(0, -4)}\n${good}`,
      `${SIGNER}\n${good}`,
      `someone\n${good}`,
      `${SIGNER} ssh-rsa ${key.split(" ")[1]}\n${good}`,
      `${SIGNER} ${other}\n${SIGNER} ${rsa}\n${good}`,
      `${SIGNER} ${other}`,
      `${SIGNER} valid-before="20200101" ${key}\n${SIGNER} valid-after="20200101" ${key}`,
      `${SIGNER} valid-before="20200101" ${key}`,
      `${SIGNER} valid-after="20990101" ${key}`,
      `${SIGNER} valid-after="20200101",valid-before="20190101" ${key}\n${good}`,
      `${SIGNER} valid-after="20200101",valid-before="20200101" ${key}\n${good}`,
      `${SIGNER} valid-after="2020010" ${key}\n${good}`,
      `${SIGNER} valid-after="20201301" ${key}\n${good}`,
      `${SIGNER} valid-after="20200231" ${key}`,
      `${SIGNER} valid-after="202002301200Z" ${key}`,
      `${SIGNER} valid-after="20200230120059utc" ${key}`,
      `${SIGNER} valid-after="20200230126059" ${key}\n${good}`,
      `${SIGNER} valid-after="202002302400" ${key}\n${good}`,
      `${SIGNER} valid-after="" ${key}\n${good}`,
      `${SIGNER} valid-after="20200101",valid-after="20200101" ${key}\n${good}`,
      `${SIGNER},${SIGNER}\t${key}`,
      `${SIGNER} ${key}\r`,
      `${SIGNER}  namespaces="*"   ${key}`,
      `"${SIGNER} ${key}\n${good}`,
      `${SIGNER}= ${key}\n${good}`,
      `${SIGNER}=${key}`,
    ];
    let holds = 0;
    for (const file of files) {
      const theirs = sshKeygenHolds(folder, JSON_TEXT, sig, file);
      const verdict = told(check(sig, file));
      assert.equal(verdict === "holds", theirs, `${verdict}: ${file}`);
      holds += Number(theirs);
    }
    assert.ok(holds > 10 && holds < files.length - 10, String(holds));
  });
});

test("each way in which a receipt does not hold has a reason of its own", async () => {
  await Folder.with((folder) => {
    const [key, other] = [newKey(folder, "key"), newKey(folder, "other")];
    newKey(folder, "rsa", "rsa");
    const sig = signed(folder, "key", JSON_TEXT);
    const line = (options: string, who = SIGNER, which = key) => `${who} ${options} ${which}\n`;
    const reason = (signers: string, domain: string | undefined = DOMAIN) =>
      told(check(sig, signers, { domain }));
    assert.equal(reason(line("", SIGNER, other)), "unknown-key");
    assert.equal(reason(line("", "receipts@elsewhere.example")), "other-signer");
    assert.equal(
      told(verify(bytesOf(JSON_TEXT), sig, line("", "alex@x"), { now: NOW })),
      "other-signer",
    );
    assert.equal(reason(line('namespaces="pillarbox-checkpoint"')), "not-allowed");
    assert.equal(reason(line('valid-before="20200101"')), "expired");
    assert.equal(reason(line('valid-after="20990101"')), "not-yet-valid");
    assert.equal(reason(` \n`), "no-signers");
    assert.equal(reason(`${SIGNER} nonsense\n`), "signers-unreadable");
    assert.equal(reason(`# retired 2026-11-22T10:00:00Z stolen\n${line("")}`), "stolen");
    assert.equal(told(check(signed(folder, "other", JSON_TEXT), line(""))), "unknown-key");
    assert.equal(told(check(signed(folder, "key", "{}"), line(""))), "not-of-this-receipt");
    const checkpoint = signed(folder, "key", JSON_TEXT, { namespace: "pillarbox-checkpoint" });
    assert.equal(told(check(checkpoint, line(""))), "other-purpose");
    assert.equal(told(check(signed(folder, "rsa", JSON_TEXT), line(""))), "other-kind-of-key");
    assert.equal(told(check(bytesOf(JSON_TEXT), line(""))), "not-a-signature");
    assert.equal(told(check(new Uint8Array(20_000_000), line(""))), "not-a-signature");
  });
});

test("what a retired key signed holds for as long as ssh-keygen takes it, and says so", async () => {
  await Folder.with((folder) => {
    const [key, present] = [newKey(folder, "key"), newKey(folder, "present")];
    const sig = signed(folder, "key", JSON_TEXT);
    const limits = `${PURPOSE},valid-after="20260831",valid-before="20281123"`;
    const signers =
      "# since 2026-09-01T10:00:00Z retired 2026-11-21T10:05:00.123456789Z\n" +
      `${SIGNER} ${limits} ${key}\n# since 2026-11-21T10:05:00Z\n${SIGNER} ${PURPOSE} ${present}\n`;
    for (const at of ["20260830", "20260831", "20281123", "20281124"]) {
      const [year, month, day] = [at.slice(0, 4), at.slice(4, 6), at.slice(6)].map(Number);
      const now = new Date(year ?? 0, (month ?? 0) - 1, day);
      const ours = check(sig, signers, { now });
      assert.equal(ours.is === "holds", sshKeygenHolds(folder, JSON_TEXT, sig, signers, at), at);
    }
    const verdict = check(sig, signers, { now: new Date("2027-01-01T10:00:00Z") });
    assert.equal(
      verdict.is === "holds" && verdict.note,
      "The council changed its key on 21 November 2026. What was signed before is still good. " +
        "It can be checked until 23 November 2028.",
    );
    const late = receipt("2026-11-21T10:15:01Z");
    const forged = signed(folder, "key", late);
    const now = new Date("2027-01-01T10:00:00Z");
    assert.equal(told(check(forged, signers, { json: bytesOf(late), now })), "after-its-time");
  });
});
