import assert from "node:assert/strict";
import { test } from "node:test";
import { readIdentity, type Identities, type ReadIdentity } from "../../../src/sealing/identity";
import { openFile } from "../../../src/sealing/opening";
import { bytesOf, Folder, textOf } from "./programs";

const PLAIN = bytesOf("Forename,Surname\r\nRobin,Example\r\n");
const PASSPHRASE = "correct horse";

/** Reads a key file, and counts how often it asks. */
async function read(file: Uint8Array, passphrase?: string): Promise<ReadIdentity> {
  let asked = 0;
  const found = await readIdentity(file, async () => {
    asked += 1;
    return passphrase;
  });
  assert.ok(asked <= 1);
  if (found.is === "refused") assert.ok(found.message.endsWith(".") && found.fix.endsWith("."));
  return found;
}

async function identities(file: Uint8Array, passphrase?: string): Promise<Identities> {
  const found = await read(file, passphrase);
  return found.is === "identities" ? found : assert.fail(found.reason);
}

async function reason(file: Uint8Array, passphrase?: string): Promise<string> {
  const found = await read(file, passphrase);
  return found.is === "refused" ? found.reason : found.is;
}

function sshKey(folder: Folder, name: string, ...also: string[]): void {
  const args = [
    "-q",
    "-C",
    "alex",
    "-f",
    name,
    ...(also.includes("-N") ? [] : ["-N", ""]),
    ...also,
  ];
  const made = folder.run("ssh-keygen", args);
  assert.ok(made.done, made.said);
}

/** As the council's files are made: to every SSH key of a person. */
function sealed(folder: Folder, ...names: string[]): Uint8Array {
  const ended = folder.run(
    "age",
    names.flatMap((name) => ["-R", `${name}.pub`]),
    PLAIN,
  );
  assert.ok(ended.done, ended.said);
  return ended.out;
}

function fingerprint(folder: Folder, name: string): string | undefined {
  return textOf(folder.run("ssh-keygen", ["-l", "-f", `${name}.pub`]).out).split(" ")[1];
}

const KINDS = [
  ["ed25519", "-t", "ed25519"],
  ["rsa2048", "-t", "rsa", "-b", "2048"],
  ["rsa3072", "-t", "rsa", "-b", "3072"],
] as const;

test("OpenSSH keys open what age sealed to them, each of them alone and all together", async () => {
  await Folder.with(async (folder) => {
    for (const [name, ...args] of KINDS) sshKey(folder, name, ...args);
    const files = [...KINDS.map(([name]) => [name]), KINDS.map(([name]) => name)];
    for (const [at, [name]] of KINDS.entries()) {
      const key = await identities(folder.read(name));
      assert.deepEqual(key.named, [fingerprint(folder, name)]);
      for (const names of files) {
        const opened = await openFile(sealed(folder, ...names), key);
        if (names.includes(name)) assert.deepEqual(opened, { is: "opened", bytes: PLAIN });
        else assert.ok(opened.is === "refused", `${at}`);
      }
    }
  });
});

test("OpenSSH keys under a passphrase ask for it once, and say when it is wrong", async () => {
  await Folder.with(async (folder) => {
    const locks = [
      ["-Z", "aes256-ctr"],
      ["-Z", "aes128-cbc", "-a", "3"],
      ["-a", "24"],
    ];
    for (const [at, lock] of locks.entries()) {
      sshKey(folder, `key${at}`, "-t", "ed25519", "-N", PASSPHRASE, ...lock);
      const file = folder.read(`key${at}`);
      const key = await identities(file, PASSPHRASE);
      assert.equal((await openFile(sealed(folder, `key${at}`), key)).is, "opened");
      assert.equal(await reason(file), "passphrase-needed");
      if (at === 1) assert.equal(await reason(file, "correct horsf"), "passphrase-wrong");
    }
    sshKey(folder, "rsa", "-t", "rsa", "-N", "ünïcödé ");
    const key = await identities(folder.read("rsa"), "ünïcödé ");
    assert.equal((await openFile(sealed(folder, "rsa"), key)).is, "opened");
  });
});

test("PuTTY's keys of both versions open files, plain and locked", async () => {
  await Folder.with(async (folder) => {
    folder.write("passphrase", PASSPHRASE);
    for (const [name, ...args] of KINDS.slice(0, 2)) {
      sshKey(folder, name, ...args);
      const file = sealed(folder, name);
      for (const version of ["2", "3"]) {
        for (const lock of [[], ["--new-passphrase", "passphrase"]]) {
          const form = [
            "--ppk-param",
            `version=${version}${version === "3" ? ",passes=2" : ""}`,
            "-C",
            "Schlüssel 2026",
          ];
          const made = folder.run("puttygen", [
            name,
            "-O",
            "private",
            "-o",
            "k.ppk",
            ...form,
            ...lock,
          ]);
          assert.ok(made.done, made.said);
          const ppk = folder.read("k.ppk");
          const windows = [...ppk].flatMap((byte) => (byte === 10 ? [13, 10] : [byte]));
          for (const saved of lock.length > 0 ? [ppk] : [ppk, Uint8Array.from(windows)]) {
            const key = await identities(saved, PASSPHRASE);
            assert.deepEqual(key.named, [fingerprint(folder, name)]);
            assert.deepEqual(await openFile(file, key), { is: "opened", bytes: PLAIN });
          }
          if (lock.length > 0) assert.equal(await reason(ppk, "wrong"), "passphrase-wrong");
        }
      }
    }
    for (const kdf of ["argon2i", "argon2d"]) {
      const form = ["--ppk-param", `kdf=${kdf},memory=1024,passes=3,parallelism=2`];
      folder.run("puttygen", [
        "ed25519",
        "-O",
        "private",
        "-o",
        "k.ppk",
        ...form,
        "--new-passphrase",
        "passphrase",
      ]);
      assert.equal((await read(folder.read("k.ppk"), PASSPHRASE)).is, "identities", kdf);
    }
  });
});

test("keys that puttygen made open files, and the PEM form of old too", async () => {
  await Folder.with(async (folder) => {
    folder.write("none", "");
    for (const [type, ...bits] of [["ed25519"], ["rsa", "-b", "2048"]] as const) {
      folder.run("puttygen", [
        "-q",
        "-t",
        type,
        ...bits,
        "-o",
        "k.ppk",
        "--new-passphrase",
        "none",
      ]);
      folder.run("puttygen", ["k.ppk", "-O", "public-openssh", "-o", "k.pub"]);
      const key = await identities(folder.read("k.ppk"));
      assert.equal((await openFile(sealed(folder, "k"), key)).is, "opened");
      folder.run("puttygen", ["k.ppk", "-O", "private-openssh-new", "-o", "k"]);
      const again = await identities(folder.read("k"));
      assert.deepEqual(again.named, key.named);
    }
    sshKey(folder, "pem", "-t", "rsa", "-m", "PEM");
    assert.match(textOf(folder.read("pem")), /BEGIN RSA/);
    const key = await identities(folder.read("pem"));
    assert.equal((await openFile(sealed(folder, "pem"), key)).is, "opened");
  });
});

test("keys that can't open files say why", async () => {
  await Folder.with(async (folder) => {
    sshKey(folder, "ecdsa", "-t", "ecdsa");
    assert.equal(await reason(folder.read("ecdsa")), "only-logs-in");
    folder.run("puttygen", ["ecdsa", "-O", "private", "-o", "k.ppk"]);
    assert.equal(await reason(folder.read("k.ppk")), "only-logs-in");
    sshKey(folder, "short", "-t", "rsa", "-b", "1024");
    assert.equal(await reason(folder.read("short")), "rsa-length");
    sshKey(folder, "locked-pem", "-t", "rsa", "-m", "PEM", "-N", PASSPHRASE);
    assert.equal(await reason(folder.read("locked-pem")), "other-form");
    sshKey(folder, "pkcs8", "-t", "rsa", "-m", "PKCS8");
    assert.equal(await reason(folder.read("pkcs8")), "other-form");
    sshKey(folder, "gcm", "-t", "ed25519", "-N", PASSPHRASE, "-Z", "aes256-gcm@openssh.com");
    assert.equal(await reason(folder.read("gcm"), PASSPHRASE), "other-form");
    assert.equal(await reason(folder.read("short.pub")), "public-half");
    folder.run("puttygen", ["ecdsa", "-O", "public", "-o", "k.public"]);
    assert.equal(await reason(folder.read("k.public")), "public-half");
    for (const [name, value] of [
      ["Memory", "4194304"],
      ["Passes", "1000000"],
    ]) {
      folder.write("passphrase", PASSPHRASE);
      folder.run("puttygen", [
        "-q",
        "-t",
        "ed25519",
        "-o",
        "w.ppk",
        "--new-passphrase",
        "passphrase",
      ]);
      const greedy = textOf(folder.read("w.ppk")).replace(
        new RegExp(`Argon2-${name}: \\d+`),
        `Argon2-${name}: ${value}`,
      );
      assert.equal(await reason(bytesOf(greedy), PASSPHRASE), "too-much-work");
    }
  });
});

test("a key file cut at any byte, or changed, is a sentence or still the same key", async () => {
  await Folder.with(async (folder) => {
    sshKey(folder, "key", "-t", "ed25519");
    folder.run("puttygen", ["key", "-O", "private", "-o", "key.ppk"]);
    const print = fingerprint(folder, "key");
    for (const name of ["key", "key.ppk"]) {
      const file = folder.read(name);
      let same = 0;
      for (let at = 0; at < file.length; at += 1) {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        for (const damaged of [changed, file.subarray(0, at)]) {
          const found = await read(damaged);
          if (found.is === "identities") {
            assert.deepEqual(found.named, [print]);
            same += 1;
          }
        }
      }
      assert.ok(same < file.length / 2, `${name}: ${same}`);
    }
  });
});

test("a file changed within the part for this key is told as changed", async () => {
  await Folder.with(async (folder) => {
    for (const [name, ...args] of KINDS.slice(0, 2)) {
      sshKey(folder, name, ...args);
      const key = await identities(folder.read(name));
      const file = sealed(folder, name);
      const lines = textOf(file.subarray(0, 200)).split("\n");
      const body = (lines[0]?.length ?? 0) + (lines[1]?.length ?? 0) + 2;
      const outcome = async (at: number) => {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        const opened = await openFile(changed, key);
        return opened.is === "refused" ? opened.reason : opened.is;
      };
      assert.equal(await outcome(body + 3), "changed");
      assert.equal(await outcome(file.length - 1), "end-missing-or-changed");
    }
  });
});
