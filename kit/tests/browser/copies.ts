// The two copies of the page: the package's, which knows nobody, and the one in a school's box.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COUNCIL, type Council } from "../world/council";

/** The committed page. */
export const PACKAGED = join(process.env.KIT_ROOT!, "school-kit.html");

const NOBODY = '<script id="council" type="application/json">{}</script>';

/** The page in a school's box; made here where the daemon lays none there. */
export async function inTheBox(council: Council, school: string): Promise<string> {
  const laid = council.box(school, "school-kit.html");
  if (existsSync(laid)) return laid;
  const page = readFileSync(PACKAGED, "utf8");
  assert.equal(page.split(NOBODY).length, 2, "the page has one line for its council");
  const facts = {
    council: {
      name: COUNCIL,
      contact: "careers@council.example",
      privacy_notice: "https://council.example/privacy",
      domain: "council.example",
    },
    school: { id: school, name: `School ${school} of Nowhere`, urn: null },
    intake: await council.intake(),
    signers: council.allowedSigners(school),
  };
  const json = JSON.stringify(facts).replaceAll("<", "\\u003c");
  const copy = council.outside(`school-kit-${school}.html`);
  writeFileSync(
    copy,
    page.replace(NOBODY, () => NOBODY.replace("{}", () => json)),
  );
  return copy;
}
