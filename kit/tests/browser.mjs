// The page in a real browser, against a real daemon:
//
//   node tests/browser.mjs [WORD]          the tests whose file's name holds the word
//   node tests/browser.mjs --screenshots   makes docs/kit/*.png anew
//
// PILLARBOX names the program, CHROMIUM the browser.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { bundled, tested } from "./bundled.mjs";

const word = process.argv[2] ?? "";
if (word === "--screenshots") {
  await bundled(["browser/screenshots.ts"], ([file]) => {
    const run = spawnSync(process.execPath, ["--enable-source-maps", file], { stdio: "inherit" });
    process.exitCode = run.status ?? 1;
  });
} else {
  const tests = readdirSync(new URL("browser/", import.meta.url)).filter(
    (name) => name.endsWith(".test.ts") && name.includes(word),
  );
  await tested(tests.sort().map((name) => `browser/${name}`));
}
