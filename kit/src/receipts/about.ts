// Whether a receipt speaks of just these bytes. A sealed file says nothing of its sender: that it is the
// council's shows only in a receipt that holds and names its hash.

import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "@scure/base";
import type { Receipt } from "./receipt";

/** What a file is to a receipt. */
export type Role = "the-upload" | "the-release" | "the-notice";

/** What this file, as it was sent or collected, is to the receipt; nothing where it is another file. */
export function roleIn(receipt: Receipt, file: Uint8Array): Role | undefined {
  const hash = hex.encode(sha256(file));
  const { release, notice } = receipt;
  if (receipt.file?.sha256 === hash) return "the-upload";
  const released = [release?.sha256, ...(release?.also ?? []).map((also) => also.sha256)];
  if (released.includes(hash)) return "the-release";
  return notice?.file?.sha256 === hash ? "the-notice" : undefined;
}
