// Files that nobody thought of, checked by the page's code and by the daemon:
//
//   node tests/fuzz.mjs [--seed N] [--count FILES] [--from FILE] [--most DIFFERENCES]
//
// The same seed makes the same files. Without arguments a short run that never changes.

import { spawnSync } from "node:child_process";
import { bundled } from "./bundled.mjs";

await bundled(["fuzz/fuzz.ts"], ([file]) => {
  const args = ["--enable-source-maps", file, ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
});
