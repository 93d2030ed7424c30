"""What a server's processes have used, from /proc."""

import os
import pathlib
import platform
import re
import statistics
import time

TICK = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """A process and all below it."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(fields(stat)[1]), []).append(int(stat.parent.name))
        except (OSError, IndexError):
            continue
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def fields(stat):
    """The fields of a stat file behind the name, which may hold anything."""
    return stat.read_text().rpartition(")")[2].split()


def cpu_seconds(pid):
    """What the server has used so far, in user and kernel, with the children that it waited for. Waits until
    the processes of ended sessions are gone, as theirs would be missing."""
    end = time.monotonic() + 10
    while len(tree(pid)) > 1 and time.monotonic() < end:
        time.sleep(0.01)
    return sum(int(part) for part in fields(pathlib.Path(f"/proc/{pid}/stat"))[11:15]) / TICK


def pss_kib(pid):
    """The memory of all processes of the server, what they share counted once."""
    return sum(in_rollup(process, "Pss") for process in tree(pid))


def rss_kib(pid):
    return in_rollup(pid, "Rss")


def in_rollup(pid, what):
    try:
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(re.search(rf"(?m)^{what}:\s+(\d+) kB", text)[1])


def median(values):
    return statistics.median(values) if values else float("nan")


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine(folder):
    """The facts that a figure is worth nothing without."""
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Linux {platform.release()}, data in {folder}"


def table(heads, rows):
    """A table in Markdown; the first column is words, the others are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
