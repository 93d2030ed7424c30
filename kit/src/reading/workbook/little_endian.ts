// Numbers as old file formats keep them: the lowest byte first, and nothing beyond the end.

/** The two bytes at this place as a number; nothing beyond the end. */
export function u16At(bytes: Uint8Array, at: number): number | undefined {
  const [low, high] = [bytes[at], bytes[at + 1]];
  return low === undefined || high === undefined ? undefined : low | (high << 8);
}

/** The four bytes at this place as a number; nothing beyond the end. */
export function u32At(bytes: Uint8Array, at: number): number | undefined {
  const [low, high] = [u16At(bytes, at), u16At(bytes, at + 2)];
  return low === undefined || high === undefined ? undefined : low + high * 0x1_0000;
}

/** The eight bytes at this place as a number; inexact where it is larger than any file. */
export function u64At(bytes: Uint8Array, at: number): number | undefined {
  const [low, high] = [u32At(bytes, at), u32At(bytes, at + 4)];
  return low === undefined || high === undefined ? undefined : low + high * 0x1_0000_0000;
}

/** Whether these bytes stand at this place. */
export function standsAt(bytes: Uint8Array, at: number, mark: readonly number[]): boolean {
  return mark.every((byte, offset) => bytes[at + offset] === byte);
}
