"""Runs every client through every step, and prints what happened as a table. See `run` beside this file."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import drivers
import steps
from council import Council
from drivers.client import NotOffered, Refused
from post_quantum import PostQuantum, visited


class Row:
    """One client's way through the steps: for each, how it ended and what was said."""

    def __init__(self, client, cells):
        self.client = client
        self.cells = cells

    @property
    def failures(self):
        return [(step, said) for step, (how, said) in self.cells.items() if how == "FAIL"]


def main():
    wanted = arguments()
    chosen = [client for client in drivers.ALL if not wanted.only or client.name in wanted.only]
    program = os.environ.get("PILLARBOX", "target/debug/pillarbox")
    with tempfile.TemporaryDirectory(prefix="pillarbox-clients-") as root:
        council = Council(root, program, len(chosen) + 1)
        council.start()
        try:
            rows = all_rows(council, chosen, wanted)
            warned = [warning for warning in audited(council) if not is_of_curve25519(warning)]
        finally:
            ended_well = council.stop()
        warned += post_quantum_only(pathlib.Path(root) / "post-quantum", program)
        if wanted.keep_log:
            pathlib.Path(wanted.keep_log).write_bytes(council.log.read_bytes())
    print(table(rows, wanted.markdown))
    failed = tell(rows)
    if warned:
        print("ssh-audit warns:", *warned, sep="\n  ")
    if not ended_well:
        print("the server did not end well")
    sys.exit(1 if failed or warned or not ended_well else 0)


def arguments():
    parser = argparse.ArgumentParser(description="Real SFTP clients against the real daemon.")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this client; may be repeated")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="clients at once")
    parser.add_argument("--keep-log", metavar="FILE", help="keep what the server logged")
    return parser.parse_args()


def post_quantum_only(root, program):
    """The same without curve25519: nothing is left to warn of."""
    council = PostQuantum(root, program)
    council.start()
    try:
        return audited(council) + visited(council)
    finally:
        council.stop()


def is_of_curve25519(warning):
    """The one warning that there may be: that it is not post-quantum (spec 8)."""
    return warning.startswith("curve25519-sha256") and "post-quantum" in warning


def audited(council):
    """What `ssh-audit` holds against the server."""
    program = shutil.which("ssh-audit", path=str(pathlib.Path(sys.executable).parent))
    if not program:
        return ["it is not installed"] if os.environ.get("CI") else []
    words = [program, "--json", "--port", str(council.port), council.host]
    told = json.loads(subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL).stdout)
    return [f"{algorithm['algorithm']}: {note}" for kind in ("kex", "key", "enc", "mac") for algorithm in told[kind]
            for note in [*algorithm["notes"].get("fail", []), *algorithm["notes"].get("warn", [])]]


def all_rows(council, chosen, wanted):
    with concurrent.futures.ThreadPoolExecutor(wanted.jobs) as pool:
        return list(pool.map(lambda pair: one_row(council, *pair), zip(chosen, council.schools)))


def one_row(council, client, school):
    if missing := client.missing():
        # CI has to have every client; a laptop need not.
        how = "FAIL" if os.environ.get("CI") else "n/a"
        return Row(client.name, {name: (how, missing) for name, _ in steps.ALL})
    scratch = council.root / "scratch" / school.id
    scratch.mkdir(parents=True)
    visit = steps.Visit(client(council, school, scratch))
    visit.prepare()
    return Row(client.name, {name: outcome(step, visit) for name, step in steps.ALL})


def outcome(step, visit):
    try:
        step(visit)
    except NotOffered as reason:
        return "n/a", str(reason)
    except (AssertionError, Refused, TimeoutError) as said:
        return "FAIL", str(said)
    except Exception as unexpected:  # A driver's own mistake shall not hide the other rows.
        return "FAIL", f"{type(unexpected).__name__}: {unexpected}"
    return "ok", ""


def table(rows, markdown):
    heads = ["", *(name for name, _ in steps.ALL)]
    body = [[row.client, *(how for how, _ in row.cells.values())] for row in rows]
    if markdown:
        lines = [heads, ["---"] * len(heads), *body]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)
    # For people: a step a line, as there are more letters in the steps than in their outcomes.
    lines = [list(line) for line in zip(heads, *body)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def tell(rows):
    """Says why, below the table; the number of failures."""
    for row in rows:
        reasons = {}
        for step, (how, said) in row.cells.items():
            if how != "ok":
                reasons.setdefault((how, said), []).append(step)
        for (how, said), where in reasons.items():
            print(f"{row.client}, {', '.join(where)}: {how}: {said}")
    return sum(len(row.failures) for row in rows)


if __name__ == "__main__":
    main()
