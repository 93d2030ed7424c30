import assert from "node:assert/strict";
import { test } from "node:test";
import { armor } from "age-encryption";
import { keyFile, lockedKeyFile, makeKey, type Key } from "../../../src/sealing/key";
import { openFile, type Opened, type OpeningFault } from "../../../src/sealing/opening";
import { readIdentity, type Identities } from "../../../src/sealing/identity";
import { readRecipient, sealTo, type AgeRecipient } from "../../../src/sealing/recipient";
import { readNewPassphrase } from "../../../src/sealing/passphrase";
import { bytesOf, Folder, NEEDS, PILLARBOX, textOf } from "./programs";

const NOW = new Date("2026-11-21T10:00:00.123Z");
const PLAIN = bytesOf("Forename,Surname\r\nRobin,Example\r\n");
const NOT_ASKED = () => Promise.reject(new Error("asked for a passphrase"));

async function identitiesOf(file: string | Uint8Array): Promise<Identities> {
  const read = await readIdentity(typeof file === "string" ? bytesOf(file) : file, NOT_ASKED);
  assert.equal(read.is, "identities");
  return read as Identities;
}

function recipientIn(text: string): AgeRecipient {
  const read = readRecipient(text);
  assert.equal(read.is, "recipient");
  return read.is === "recipient" ? read.recipient : assert.fail();
}

async function keyAndFile(plain: Uint8Array): Promise<{ key: Identities; sealed: Uint8Array }> {
  const made = await makeKey();
  const sealed = await sealTo(recipientIn(made.recipient), plain);
  return { key: await identitiesOf(keyFile(made, NOW)), sealed };
}

function refusal(opened: Opened): OpeningFault | "opened" {
  if (opened.is === "opened") return "opened";
  assert.ok(opened.message.endsWith(".") && opened.fix.endsWith("."));
  assert.deepEqual(Object.keys(opened).sort(), ["fix", "is", "message", "reason"]);
  return opened.reason;
}

function flipped(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ bits;
  return changed;
}

/** A locked key takes seconds to make, and one will do. */
const PASSPHRASE = "correct horse battery";
const lockedOne = (async () => {
  const made = await makeKey();
  let told = 0;
  const file = await lockedKeyFile(made, PASSPHRASE, NOW, (share) => (told = share));
  assert.equal(told, 1);
  return { made, file };
})();

const large = new Uint8Array(150_000).map((_, at) => (at * 7919) >> 5);

test("a key made here opens what was sealed to it, of every size about a chunk", async () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 150_000]) {
    const plain = large.subarray(0, size);
    const { key, sealed } = await keyAndFile(plain);
    assert.deepEqual(await openFile(sealed, key), { is: "opened", bytes: plain.slice() });
    const armoured = bytesOf(armor.encode(sealed));
    assert.deepEqual(await openFile(armoured, key), { is: "opened", bytes: plain.slice() });
  }
});

test("age opens what the page sealed, and takes the key file that the page made", async () => {
  await Folder.with(async (folder) => {
    const made = await makeKey();
    folder.write("key.txt", keyFile(made, NOW));
    const shown = folder.run("age-keygen", ["-y", "key.txt"]);
    assert.equal(textOf(shown.out).trim(), made.recipient);
    const sealed = await sealTo(recipientIn(made.recipient), large);
    const opened = folder.run("age", ["-d", "-i", "key.txt"], sealed);
    assert.deepEqual(opened.out, large, opened.said);
  });
});

test("pillarbox open takes the page's key file and opens what the page sealed", NEEDS, async () => {
  await Folder.with(async (folder) => {
    const made = await makeKey();
    folder.write("key.txt", keyFile(made, NOW));
    const sealed = folder.write("list.csv.age", await sealTo(recipientIn(made.recipient), large));
    const opened = folder.run(PILLARBOX, ["open", sealed, "-i", "key.txt"]);
    assert.deepEqual(opened.out, large, opened.said);
  });
});

test("the page opens what age sealed, with the key file that age-keygen made", async () => {
  await Folder.with(async (folder) => {
    folder.run("age-keygen", ["-o", "key.txt"]);
    const recipient = textOf(folder.run("age-keygen", ["-y", "key.txt"]).out).trim();
    const key = await identitiesOf(folder.read("key.txt"));
    assert.deepEqual(key.named, [recipient]);
    for (const form of [[], ["-a"]]) {
      const sealed = folder.run("age", [...form, "-r", recipient], large).out;
      assert.deepEqual(await openFile(sealed, key), { is: "opened", bytes: large });
    }
  });
});

test("age unlocks a key that the page locked, and the page one that age locked", async () => {
  const { made, file } = await lockedOne;
  await Folder.with(async (folder) => {
    folder.write("locked.txt", file);
    const sealed = folder.write("list.csv.age", await sealTo(recipientIn(made.recipient), PLAIN));
    const args = ["-d", "-i", "locked.txt", "-o", "list.csv", sealed];
    const opened = folder.runTyping("age", args, [PASSPHRASE]);
    assert.ok(opened.done, textOf(opened.out));
    assert.deepEqual(folder.read("list.csv"), PLAIN);

    folder.write("key.txt", keyFile(made, NOW));
    const locking = ["-p", "-o", "by-age.txt", "key.txt"];
    assert.ok(folder.runTyping("age", locking, [PASSPHRASE, PASSPHRASE]).done);
    const read = await readIdentity(folder.read("by-age.txt"), async () => PASSPHRASE);
    assert.deepEqual(read.is === "identities" && read.named, [made.recipient]);
  });
});

test("a locked key says what is wrong: the passphrase, none given, or a damaged file", async () => {
  const locked = bytesOf((await lockedOne).file);
  const reason = async (file: Uint8Array, passphrase: string | undefined) => {
    const read = await readIdentity(file, async () => passphrase);
    return read.is === "identities" ? read.is : read.reason;
  };
  assert.equal(await reason(locked, "correct horse batterx"), "passphrase-wrong");
  assert.equal(await reason(locked, undefined), "passphrase-needed");
  assert.equal(await reason(locked.subarray(0, 200), "x"), "locked-damaged");
  const changed = bytesOf(armor.encode(flipped(armor.decode(textOf(locked)), 300, 1)));
  assert.equal(await reason(changed, PASSPHRASE), "locked-damaged");
  const { sealed } = await keyAndFile(PLAIN);
  assert.equal(await reason(sealed, "x"), "sealed-file");
});

test("a file cut at any byte gives a sentence and nothing of the plaintext", async () => {
  const { key, sealed } = await keyAndFile(PLAIN);
  const payload = sealed.length - PLAIN.length - 16;
  for (let length = 0; length < sealed.length; length += 1) {
    const told = refusal(await openFile(sealed.subarray(0, length), key));
    const expected =
      length === 0 ? "empty" : length < payload + 16 ? "cut-short" : "end-missing-or-changed";
    assert.equal(told, expected, `cut at ${length}`);
  }
  const longer = new Uint8Array([...sealed, 0]);
  assert.equal(refusal(await openFile(longer, key)), "end-missing-or-changed");
});

test("a header whose last line lost its end is changed, wherever the payload has a line end", async () => {
  const { key, sealed } = await keyAndFile(PLAIN);
  const payload = sealed.length - PLAIN.length - 16;
  const joined = sealed.slice();
  joined[payload - 16 - 1] = 0x78;
  joined[joined.length - 1] = 0x0a;
  assert.equal(refusal(await openFile(joined, key)), "changed");
});

test("a file with a bit flipped at any byte gives a sentence and nothing of the plaintext", async () => {
  const { key, sealed } = await keyAndFile(PLAIN);
  const payload = sealed.length - PLAIN.length - 16;
  for (let at = 0; at < sealed.length; at += 1) {
    for (const bit of [1, 4, 128]) {
      const told = refusal(await openFile(flipped(sealed, at, bit), key));
      const where = `bit ${bit} of byte ${at}: ${told}`;
      if (at < 22) assert.equal(told, "not-age", where);
      else if (at < payload - 16) assert.ok(["changed", "wrong-key"].includes(told), where);
      else assert.equal(told, "end-missing-or-changed", where);
    }
  }
});

test("an armoured file cut or changed anywhere gives a sentence, or is whole all the same", async () => {
  const { key, sealed } = await keyAndFile(large.subarray(0, 200));
  const text = armor.encode(sealed);
  for (const armoured of [text, text.replaceAll("\n", "\r\n")].map(bytesOf)) {
    const whole = armoured.length - (armoured.at(-2) === 13 ? 2 : 1);
    for (let length = 1; length < armoured.length; length += 1) {
      const told = refusal(await openFile(armoured.subarray(0, length), key));
      if (length >= whole) assert.equal(told, "opened");
      else if (length < 6) assert.equal(told, "not-age");
      else assert.equal(told, "cut-short", `cut at ${length}`);
    }
    for (let at = 0; at < armoured.length; at += 1) {
      const opened = await openFile(flipped(armoured, at, 1), key);
      if (opened.is === "opened") assert.deepEqual(opened.bytes, large.slice(0, 200), `byte ${at}`);
      assert.ok(at >= whole || opened.is === "refused", `byte ${at}`);
    }
  }
});

test("a large file cut or changed about the borders of its chunks gives a sentence", async () => {
  const { key, sealed } = await keyAndFile(large);
  const payload = sealed.length - large.length - 3 * 16;
  const borders = [0, 65_552, 131_104].map((border) => payload + border);
  for (const border of [...borders, sealed.length]) {
    for (const at of [-17, -16, -1, 0, 1, 16, 17].map((off) => border + off)) {
      if (at >= sealed.length) continue;
      const told = refusal(await openFile(sealed.subarray(0, at), key));
      assert.equal(told, at < payload + 16 ? "cut-short" : "end-missing-or-changed", `cut ${at}`);
      if (at < payload) continue;
      const changed = refusal(await openFile(flipped(sealed, at, 1), key));
      const last = at >= payload + 131_104;
      assert.equal(changed, last ? "end-missing-or-changed" : "changed", `flip ${at}`);
    }
  }
  const chunks = [0, 1, 2].map((at) => sealed.slice(payload + at * 65_552).slice(0, 65_552));
  const swapped = [sealed.slice(0, payload), chunks[1], chunks[0], chunks[2]];
  const bytes = Uint8Array.from(swapped.flatMap((part) => [...(part ?? [])]));
  assert.equal(refusal(await openFile(bytes, key)), "changed");
});

test("another key, a passphrase, and what is no sealed file are told apart", async () => {
  const { key, sealed } = await keyAndFile(PLAIN);
  const other = await identitiesOf(keyFile(await makeKey(), NOW));
  assert.equal(refusal(await openFile(sealed, other)), "wrong-key");
  assert.equal(refusal(await openFile(PLAIN, key)), "not-age");
  const locked = bytesOf((await lockedOne).file);
  assert.equal(refusal(await openFile(locked, key)), "passphrase");
});

test("a file that a program took for text says so", async () => {
  const { key, sealed } = await keyAndFile(PLAIN);
  const utf16 = new Uint8Array([255, 254, ...[...sealed].flatMap((byte) => [byte, 0])]);
  const crlf = new Uint8Array([...sealed].flatMap((byte) => (byte === 10 ? [13, 10] : [byte])));
  const utf8 = bytesOf(`\ufeff${textOf(sealed)}`);
  for (const changed of [utf16, crlf, utf8]) {
    assert.equal(refusal(await openFile(changed, key)), "changed-as-text");
  }
});

test("a file for SSH keys says so to an age key", async () => {
  await Folder.with(async (folder) => {
    folder.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "ssh"]);
    const sealed = folder.run("age", ["-R", "ssh.pub"], PLAIN).out;
    const key = await identitiesOf(keyFile(await makeKey(), NOW));
    assert.equal(refusal(await openFile(sealed, key)), "for-ssh-keys");
  });
});

test("an endless header is refused at once", async () => {
  const { key } = await keyAndFile(PLAIN);
  const endless = `age-encryption.org/v1\n${"-> X25519 AAAA\nAAAA\n".repeat(500_000)}`;
  const started = Date.now();
  assert.equal(refusal(await openFile(bytesOf(endless), key)), "changed");
  assert.ok(Date.now() - started < 1_000);
});

test("a key file is read as Notepad saves it, with several keys, and only whole keys", async () => {
  const [one, two]: Key[] = [await makeKey(), await makeKey()];
  const both = `${keyFile(one!, NOW)}${keyFile(two!, NOW)}`;
  assert.deepEqual((await identitiesOf(both)).named, [one!.recipient, two!.recipient]);
  const file = keyFile(one!, NOW);
  const utf16 = Uint8Array.from(
    [...`\ufeff${file}`].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
  );
  for (const saved of [bytesOf(`\ufeff${file}`), utf16, bytesOf(`  ${one!.identity} `)]) {
    assert.deepEqual((await identitiesOf(saved)).named, [one!.recipient]);
  }
  for (let at = 0; at < one!.identity.length; at += 1) {
    const wrong = flipped(bytesOf(one!.identity), at, 1);
    const read = await readIdentity(wrong, NOT_ASKED);
    assert.equal(read.is, "refused", `byte ${at}`);
  }
  const cut = await readIdentity(bytesOf(one!.identity.slice(0, -1)), NOT_ASKED);
  assert.equal(cut.is === "refused" && cut.reason, "mistyped");
});

test("what is no key that opens files is named for what it is", async () => {
  const reason = async (text: string) => {
    const read = await readIdentity(bytesOf(text), NOT_ASKED);
    return read.is === "refused" ? read.reason : read.is;
  };
  const { recipient } = await makeKey();
  assert.equal(await reason(""), "empty");
  assert.equal(await reason("Forename,Surname\n"), "not-a-key");
  assert.equal(await reason("# AGE-SECRET-KEY-1 goes here\n"), "not-a-key");
  assert.equal(await reason(recipient), "public-half");
  assert.equal(await reason("ssh-ed25519 AAAA alex"), "public-half");
  assert.equal(await reason("AGE-PLUGIN-YUBIKEY-1QQQQ"), "in-a-token");
  assert.equal(await reason("AGE-SECRET-KEY-PQ-1QQQQ"), "other-age-kind");
  assert.equal(await reason("\0".repeat(300_000)), "not-a-key");
});

test("a new passphrase is long enough, and no row of the same letter", () => {
  const reason = (text: string) => {
    const read = readNewPassphrase(text);
    return read.is === "refused" ? read.reason : read.passphrase;
  };
  assert.equal(reason("three words"), "too-short");
  assert.equal(reason("aaaaaaaaaaaabbbb"), "too-plain");
  assert.equal(reason(" crown otter lamp "), " crown otter lamp ");
});

test("the council's recipient is found alone or in a README, and only a whole one", async () => {
  const { recipient, identity } = await makeKey();
  const reason = (text: string) => {
    const read = readRecipient(text);
    return read.is === "refused" ? read.reason : read.recipient;
  };
  assert.equal(reason(recipient), recipient);
  assert.equal(reason(`encrypt it to\r\n  ${recipient}\r\nand again ${recipient}.`), recipient);
  assert.equal(reason(" "), "empty");
  assert.equal(reason("age2"), "no-recipient");
  assert.equal(reason(recipient.slice(0, -1)), "mistyped");
  assert.equal(reason(recipient.replace(/.$/, (last) => (last === "q" ? "p" : "q"))), "mistyped");
  assert.equal(reason(`${recipient} ${(await makeKey()).recipient}`), "several");
  assert.equal(reason(identity), "private-key");
  assert.equal(reason(`age1pq1${"q".repeat(100)}`), "other-kind");
  // A point of low order, with a right checksum: anybody could open what is sealed to it.
  assert.equal(
    reason("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"),
    "mistyped",
  );
});
