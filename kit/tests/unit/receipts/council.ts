// A made-up council's receipt keys, and receipts signed with them by `ssh-keygen -Y sign`.

import { Folder, textOf } from "../sealing/programs";

export const DOMAIN = "council.example";
export const SIGNER = `receipts@${DOMAIN}`;

/** A receipt as the daemon writes it, dated so. */
export function receipt(at: string): string {
  const facts = {
    schema: "pillarbox/receipt/v1",
    id: "S000002",
    kind: "request",
    school: "8604001",
    outcome: "accepted",
    at,
    by: null,
    file: { name: "request.txt", bytes: 7, sha256: "00ff" },
    request: { id: "Q000001" },
    problems: [],
    audit: { seq: 9, hash: "10965d" },
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

/** Makes a key in the folder, and gives its public line without a comment. */
export function newKey(folder: Folder, name: string, kind = "ed25519"): string {
  folder.run("ssh-keygen", ["-q", "-t", kind, "-N", "", "-C", "", "-f", name]);
  return textOf(folder.read(`${name}.pub`)).trim();
}

/** A `.sig` file over the message. */
export function signed(
  folder: Folder,
  key: string,
  message: string,
  { namespace = "pillarbox-receipt", hash = "sha512" } = {},
): Uint8Array {
  const args = ["-q", "-Y", "sign", "-f", key, "-n", namespace, "-O", `hashalg=${hash}`];
  const ended = folder.run("ssh-keygen", args, message);
  if (!ended.done) throw new Error(ended.said);
  return ended.out;
}

/** What `ssh-keygen -Y verify` says of it, now or at a time such as `20261031`. */
export function sshKeygenHolds(
  folder: Folder,
  json: Uint8Array | string,
  sig: Uint8Array,
  signers: Uint8Array | string,
  at?: string,
): boolean {
  folder.write("allowed_signers", signers);
  folder.write("sig", sig);
  const time = at === undefined ? [] : ["-O", `verify-time=${at}`];
  const args = ["-Y", "verify", "-f", "allowed_signers", "-I", SIGNER, "-n", "pillarbox-receipt"];
  return folder.run("ssh-keygen", [...args, ...time, "-s", "sig"], json).done;
}
