// The closed lists and sentences by which the daemon reads and judges. `rules.json` is written by the
// daemon's own test (`cargo test --test kit_rules`), which fails where the two differ.

import json from "./rules.json";

export const rules = json;
