// The two copies of the page: the package's, which knows nobody, and the one in a school's box.

import { join } from "node:path";
import type { Council } from "../world/council";

/** The committed page. */
export const PACKAGED = join(process.env.KIT_ROOT!, "school-kit.html");

/** The page that the daemon laid into a school's box. */
export function inTheBox(council: Council, school: string): string {
  return council.box(school, "school-kit.html");
}
