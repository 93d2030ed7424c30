// The unit tests: bundled as the page is, and run by Node's own test runner. `node tests/unit.mjs [WORD]`
// runs those whose path holds the word.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const here = new URL("unit/", import.meta.url).pathname;
const word = process.argv[2] ?? "";
const tests = readdirSync(here, { recursive: true })
  .filter((path) => path.endsWith(".test.ts") && path.includes(word))
  .sort();

const out = mkdtempSync(join(tmpdir(), "kit-unit-"));
try {
  await build({
    entryPoints: tests.map((path) => join(here, path)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    sourcemap: "inline",
    define: { "process.env.KIT_ROOT": JSON.stringify(new URL("..", import.meta.url).pathname) },
    logLevel: "warning",
  });
  const files = readdirSync(out, { recursive: true }).filter((path) => path.endsWith(".mjs"));
  const run = spawnSync(
    process.execPath,
    ["--enable-source-maps", "--test", ...files.map((path) => join(out, path))],
    { stdio: "inherit" },
  );
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
