// Bundles tests as the page is bundled, and runs them on Node.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { build } from "esbuild";

const kit = fileURLToPath(new URL("..", import.meta.url));
// What is bundled lies where Node finds the libraries that are not bundled.
const scratch = join(kit, "node_modules", ".bundled");

/** Bundles these files of `tests/` and hands the bundled paths to `use`. */
export async function bundled(sources, use) {
  mkdirSync(scratch, { recursive: true });
  const out = mkdtempSync(join(scratch, "run-"));
  try {
    await build({
      entryPoints: sources.map((source) => join(kit, "tests", source)),
      outbase: join(kit, "tests"),
      outdir: out,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      external: ["playwright-core"],
      platform: "node",
      format: "esm",
      target: "node18",
      sourcemap: "inline",
      define: { "process.env.KIT_ROOT": JSON.stringify(kit) },
      logLevel: "warning",
    });
    const files = readdirSync(out, { recursive: true }).filter((path) => path.endsWith(".mjs"));
    return await use(files.sort().map((path) => join(out, path)));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Runs these tests by Node's own runner, and says last how many passed and failed. */
export async function tested(sources, { environment = {}, options = [] } = {}) {
  await bundled(sources, (files) => {
    const reporters = ["spec", join(kit, "tests", "tally.mjs")].flatMap((reporter) => [
      `--test-reporter=${reporter}`,
      "--test-reporter-destination=stdout",
    ]);
    const run = spawnSync(
      process.execPath,
      ["--enable-source-maps", "--test", ...reporters, ...options, ...files],
      { stdio: "inherit", env: { ...process.env, ...environment } },
    );
    process.exitCode = run.status ?? 1;
  });
}
