import assert from "node:assert/strict";
import { test } from "node:test";
import { recognise } from "../../../src/pages/recognising";

const of = (name: string, text: string) => recognise(name, new TextEncoder().encode(text));

test("an encrypted file is known by its first line, whatever its name", () => {
  assert.equal(of("leavers.csv", "age-encryption.org/v1\n-> X25519 made+up\n"), "sealed");
  assert.equal(
    of("x", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3Yx"),
    "sealed",
  );
  assert.equal(of("leavers.csv.age", "Forename,Surname\n"), "sealed");
});

test("a key under a passphrase is a key, and no file from the council", () => {
  assert.equal(of("k.txt", "age-encryption.org/v1\n-> scrypt made+up 18\n"), "key");
  const inLetters = btoa("age-encryption.org/v1\n-> scrypt made+up 18\n");
  assert.equal(of("k.txt", `-----BEGIN AGE ENCRYPTED FILE-----\n${inLetters}`), "key");
});

test("keys of all makers are known", () => {
  assert.equal(
    of("k.txt", "# created: 2026-11-21\n# public key: age1…\nAGE-SECRET-KEY-1MADEUP"),
    "key",
  );
  assert.equal(of("k", "-----BEGIN OPENSSH PRIVATE KEY-----\n"), "key");
  assert.equal(of("k.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\n"), "key");
});

test("the three parts of a receipt's proof are told apart", () => {
  assert.equal(of("r.json", '{\n  "schema": "pillarbox/receipt/v1"'), "receipt");
  assert.equal(of("r.json.sig", "-----BEGIN SSH SIGNATURE-----\n"), "signature");
  const line = 'receipts@council.example namespaces="pillarbox-receipt" ssh-ed25519 AAAAmadeup';
  assert.equal(of("allowed_signers", `${line}\n`), "signers");
  assert.equal(of("a.receipt.txt", "S000123: your file was taken."), "receipt-text");
});

test("a box's README.txt is known by the key in it", () => {
  const key = `age1${"q".repeat(58)}`;
  assert.equal(of("README.txt", `with age, to\r\n  ${key}\r\nand let its name`), "recipient");
});

test("a list is what is nothing else, even where a pupil is called Key", () => {
  assert.equal(of("leavers.csv", "Forename,Surname\nMonkey,Keyworth\n"), "list");
  assert.equal(of("leavers.xlsx", "PK\u0003\u0004"), "list");
  assert.equal(of("leavers.csv", ""), "list");
  assert.equal(of("request.txt", "because"), "list");
});

test("a destination file that is open already is no list of consents", () => {
  const header =
    "\ufeffForename,Surname,Date of birth,Destination type,Provider or employer,Start date,Confirmed on";
  assert.equal(of("d.csv", `${header}\r\n`), "destinations");
});

test("a file of nothing but blank lines and comments is known at once", () => {
  for (const line of ["\n", "\r\n", "#\r\n", "# \n\n", "{ ", "a@b ", "-"]) {
    of("x", line.repeat(20_000));
  }
});

test("a key whose lines end as on Windows is a key", () => {
  assert.equal(of("k.txt", "# public key: age1…\r\nAGE-SECRET-KEY-1MADEUP\r\n"), "key");
});

test("what nobody would put into an inbox is none of the files that the page knows", () => {
  assert.equal(of("letter.docx", "PK\u0003\u0004"), "other");
  assert.equal(of("empty", ""), "other");
});

test("the public half of a key is looked at where keys are asked for", () => {
  assert.equal(of("id_ed25519.pub", "ssh-ed25519 AAAAmadeup somebody@school"), "key");
});
