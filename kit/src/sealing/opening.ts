// Opening a file from the council with a person's own key: the whole of it, or a plain sentence.

import type { Stanza } from "age-encryption";
import { ageFile } from "./age_file";
import { decrypt } from "./decrypting";
import type { KeyKind, Identities } from "./identity";
import { refusedAs, type Refused } from "./refused";

/** What became of a sealed file. */
export type Opened = { readonly is: "opened"; readonly bytes: Uint8Array } | Refused<OpeningFault>;

/** Why a file did not open. */
export type OpeningFault = keyof typeof SAYINGS;

/** Opens a sealed file, binary or armoured. Not a byte comes out unless all of it is as it was sealed. */
export async function openFile(sealed: Uint8Array, identities: Identities): Promise<Opened> {
  const file = ageFile(sealed);
  if (typeof file === "string") return refusedAs(SAYINGS, file);
  const result = await decrypt(file, identities.tried);
  switch (result.is) {
    case "plain":
      return { is: "opened", bytes: result.bytes };
    case "no-match":
      return refusedAs(SAYINGS, mismatch(result.stanzas, identities.kind));
    case "end-wrong":
      return refusedAs(SAYINGS, "end-missing-or-changed");
    case "header-changed":
    case "payload-changed":
    case "too-much-work":
      return refusedAs(SAYINGS, "changed");
  }
}

function mismatch(stanzas: readonly Stanza[], kind: KeyKind): OpeningFault {
  const kinds = new Set(stanzas.map((stanza) => stanza.args[0] ?? ""));
  if (kinds.has("scrypt")) return "passphrase";
  if (kind === "age") return kinds.has("X25519") || !hasSsh(kinds) ? "wrong-key" : "for-ssh-keys";
  if (kinds.has(kind)) return "wrong-key";
  if (hasSsh(kinds)) return "for-other-ssh-keys";
  return kinds.has("X25519") ? "for-age-keys" : "wrong-key";
}

function hasSsh(kinds: ReadonlySet<string>): boolean {
  return kinds.has("ssh-ed25519") || kinds.has("ssh-rsa");
}

const AGAIN =
  "Collect the file again from outbox/ and open that. If it happens again, tell the council.";
const WHOSE =
  "It opens with the key that the council had for you on the day when the file was made. If you have that " +
  "key, use it. If not, send the council the age1 line of the key that you have now, and ask for a new file.";
const SAYINGS = {
  empty: ["The file is empty.", AGAIN],
  "too-large": [
    "The file is larger than any that the council makes.",
    "Check that it is the file from outbox/. Its name ends in .age.",
  ],
  "not-age": [
    "This is not an encrypted file, or its beginning was changed.",
    "Choose the file from outbox/. Its name ends in .age.",
  ],
  "cut-short": ["The end of this file is missing, so nothing of it is shown.", AGAIN],
  changed: ["This file was changed on its way, so nothing of it is shown.", AGAIN],
  "changed-as-text": [
    "A program changed this file as if it were text, so it can't be opened.",
    "Collect it again from outbox/, in binary mode if your program asks. PowerShell's > and | change files.",
  ],
  "end-missing-or-changed": [
    "The end of this file is missing or was changed, so nothing of it is shown.",
    AGAIN,
  ],
  "wrong-key": [
    "This key does not open this file. The file was made for another key, or its beginning was changed.",
    WHOSE,
  ],
  "for-ssh-keys": ["This file was made for an SSH key, and this is an age key.", WHOSE],
  "for-age-keys": ["This file was made for an age key, and this is an SSH key.", WHOSE],
  "for-other-ssh-keys": ["This file was made for another kind of SSH key than this one.", WHOSE],
  passphrase: [
    "This file is locked with a passphrase, not with a key. The council makes no such files.",
    "Check that it is the file from outbox/. A key file that is locked goes where the key is asked for.",
  ],
} as const;
