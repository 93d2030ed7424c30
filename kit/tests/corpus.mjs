// The corpus of `tests/corpus`, checked by the page's code and by the daemon: `node tests/corpus.mjs`.
// PILLARBOX names the program; else it is what cargo built.

import { tested } from "./bundled.mjs";

await tested(["corpus/corpus.test.ts"]);
