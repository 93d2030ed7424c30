// Makes the one page out of its parts: `node build.mjs` writes school-kit.html, the same bytes on every
// machine; `--check` writes nothing and fails where the committed page is another.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const kit = new URL(".", import.meta.url).pathname;
const PAGE = join(kit, "school-kit.html");
const LARGEST = 500_000;

/** The line in whose place the daemon writes what a box's page knows of its council. */
const COUNCIL = '<script id="council" type="application/json">{}</script>';

/** Whose work is in the page. */
const LIBRARIES = [
  ["age-encryption", "LICENSE"],
  ["@noble/ciphers", "LICENSE"],
  ["@noble/curves", "LICENSE"],
  ["@noble/hashes", "LICENSE"],
  ["@noble/post-quantum", "LICENSE"],
  ["@scure/base", "LICENSE"],
  ["fflate", "LICENSE"],
];

const html = await page();
const bytes = Buffer.byteLength(html);
console.log(`school-kit.html: ${bytes} bytes, of at most ${LARGEST}`);
if (bytes >= LARGEST) fail("The page is larger than a school should have to load.");
if (process.argv.includes("--check")) {
  if (committed() !== html)
    fail("school-kit.html is not what its sources make: run node build.mjs");
} else {
  writeFileSync(PAGE, html);
}

async function page() {
  const style = await bundled("page/style.css");
  const script = unmistakable(await bundled("src/main.ts"));
  if (/<\//.test(style)) fail("The style holds what ends a style in HTML.");
  const parts = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy(style, script)}" />`,
    style: `<style>${style}</style>`,
    script: `<script>${script}</script>`,
    council: COUNCIL,
    licences: LIBRARIES.map(licence).join("\n"),
  };
  const frame = readFileSync(join(kit, "page/index.html"), "utf8");
  return frame.replace(/<!--(\w+)-->/g, (_, part) => parts[part] ?? fail(`No part ${part}.`));
}

/** No network, no frame, no form, nothing but this one program and this one style. */
function policy(style, script) {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src 'none'",
    "font-src 'none'",
    "connect-src 'none'",
    "worker-src 'none'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function hashOf(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/**
 * The same program without what a parser of HTML would take for its own. They stand in strings and patterns
 * only, by which the page knows files; there `\\x3c` is the same character.
 */
function unmistakable(script) {
  return script.replace(/<(?=!--|\/?script)/gi, "\\x3c");
}

async function bundled(entry) {
  const built = await build({
    entryPoints: [join(kit, entry)],
    absWorkingDir: kit,
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    // Where a browser is older than this, the page says so instead of running.
    target: ["es2022", "chrome110", "edge110", "firefox115", "safari16"],
    charset: "utf8",
    legalComments: "none",
    define: { global: "globalThis" },
    logLevel: "warning",
  });
  return built.outputFiles[0].text.trim();
}

function licence([name, file]) {
  const { version } = JSON.parse(readFileSync(join(kit, "node_modules", name, "package.json")));
  const text = readFileSync(join(kit, "node_modules", name, file), "utf8").replace(/\r\n/g, "\n");
  return `<h3>${escaped(name)} ${escaped(version)}</h3><pre>${escaped(text.trim())}</pre>`;
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function committed() {
  try {
    return readFileSync(PAGE, "utf8");
  } catch {
    return "";
  }
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
