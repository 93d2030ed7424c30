// Hands a file to the browser to save. Nothing is sent: the bytes go from this tab's memory to the disk.

/** Saves bytes under a name, where the browser saves what it downloads. */
export function save(name: string, bytes: Uint8Array, type = "application/octet-stream"): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = harmless(name);
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken hold of the bytes by then; after that nobody can fetch them by this address.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name that every system takes, and that shows as what it is. */
export function harmless(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]/gu, "_").replace(/^\.+/, "_");
  return plain === "" ? "file" : plain.slice(0, 200);
}

/** A name without its last ending, and without `.age` behind that. */
export function stem(name: string): string {
  return name.replace(/\.age$/i, "").replace(/(?!^)\.[^.]*$/, "");
}
