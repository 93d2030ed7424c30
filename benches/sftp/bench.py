"""Chooses what is measured and prints it. See `run` beside this file."""

import argparse
import os
import pathlib
import resource
import shutil
import tempfile

from measure import machine
from servers import LARGE_FILES, Daemon, Front, Openssh
from side_by_side import bulk, bursts, idle, sessions
from trials import kill, latency, rekey, unread, whole

PARTS = ["bulk", "sessions", "bursts", "idle", "latency", "unread", "whole", "rekey", "kill"]


def main():
    wanted = arguments()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="pillarbox-bench-", dir=roomy()) as fast, \
            tempfile.TemporaryDirectory(prefix="pillarbox-bench-") as disk:
        print(f"{machine(fast)}; latency and kill in {disk}\n", flush=True)
        for part in wanted.parts or PARTS:
            measure(part, pathlib.Path(fast), pathlib.Path(disk), wanted)


def measure(part, fast, disk, wanted):
    """One part, with fresh servers; what it kept is removed after it."""
    quick = wanted.quick
    acts = {
        "bulk": (fast, [Front, Openssh], lambda both: bulk(both, 1 if quick else 5, 128 if quick else 512)),
        "sessions": (fast, [Front, Openssh], lambda both: sessions(both, 20 if quick else 100)),
        "bursts": (fast, [Front, Openssh], lambda both: bursts(both, 1 if quick else 3, [100] if quick else [100, 1000])),
        "idle": (fast, [Front, Openssh], lambda both: idle(both, 20 if quick else 200)),
        "latency": (disk, [Daemon], lambda one: latency(*one, 10 if quick else 100)),
        "unread": (fast, [Front], lambda one: unread(*one)),
        "whole": (fast, [Front], lambda one: whole(*one, 64 if quick else 512)),
        "rekey": (fast, [Front], lambda one: rekey(*one, 100 if quick else 512)),
        "kill": (disk, [Daemon], lambda one: kill(*one, wanted.rounds or (2 if quick else 50))),
    }
    folder, kinds, act = acts[part]
    settings = {"bulk": LARGE_FILES, "rekey": [*LARGE_FILES, ("sftp", "rekey_bytes", '"16 MiB"')]}.get(part, [])
    program = pathlib.Path(os.environ.get("PILLARBOX", "target/release/pillarbox")).resolve()
    servers = []
    try:
        for kind in kinds:
            root = folder / part / kind.__name__
            root.mkdir(parents=True)
            servers.append(kind(root, program, 10, settings))
            servers[-1].start()
        print(f"{act(servers)}\n", flush=True)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder / part, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description="Pillarbox and OpenSSH side by side, on loopback.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it works")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often the daemon is killed (50)")
    wanted = parser.parse_args()
    if unknown := set(wanted.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return wanted


def roomy():
    """Memory, where there is enough, so that no disk is measured."""
    memory = pathlib.Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 6 << 30 else None


if __name__ == "__main__":
    main()
