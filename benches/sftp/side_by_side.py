"""Pillarbox and OpenSSH in one run, turn by turn: bulk, sessions, bursts, idle memory."""

import itertools
import shutil
import time

from load import answer, burst_of, start, task_for
from measure import cpu_seconds, median, pss_kib, table
from servers import sftp

CIPHERS = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]
CURVE = ["-o", "KexAlgorithms=curve25519-sha256"]


def bulk(servers, rounds, mib):
    """One file up and down by `sftp`, for each cipher: speed, and what it cost the server."""
    seen = {}
    local = servers[0].root / "bulk"
    write_random(local, mib)
    for server in servers:
        shutil.copy(local, server.schools[0].box / "outbox" / "bulk.csv.age")
    for _, cipher, way, server in itertools.product(range(rounds), CIPHERS, ("up", "down"), servers):
        school, fetched = server.schools[0], server.root / "fetched"
        script = f"put {local} inbox/bulk.csv" if way == "up" else f"get outbox/bulk.csv.age {fetched}"
        before, began = cpu_seconds(server.process.pid), time.monotonic()
        said = sftp(server, school, script, *CURVE, "-o", f"Ciphers={cipher}")
        took = time.monotonic() - began
        if said:
            raise RuntimeError(f"{server.name}, {cipher} {way}: {said}")
        cpu = cpu_seconds(server.process.pid) - before
        seen.setdefault((cipher, way, server.name), []).append((mib / took, cpu * 1024 / mib))
        fetched.unlink(missing_ok=True)
        for path in server.inbox_files(school):
            path.unlink()
    rows = []
    for cipher, way in itertools.product(CIPHERS, ("up", "down")):
        speed, cpu = ([median([one[what] for one in seen[cipher, way, server.name]]) for server in servers] for what in (0, 1))
        rows.append([f"{cipher.partition('@')[0]} {way}", *(f"{s:.0f}" for s in speed), ratio(speed),
                     *(f"{c:.2f}" for c in cpu), ratio(cpu)])
    names = [server.name for server in servers]
    return (f"{mib} MiB by `sftp`, login included, medians of {rounds}\n\n" + table(
        ["", *(f"{name} MiB/s" for name in names), "ratio", *(f"{name} CPU s/GiB" for name in names), "ratio"], rows))


def sessions(servers, number):
    """One `sftp` after the other, each with an upload of 20 KB: what a session costs the server."""
    local = servers[0].root / "list.csv"
    local.write_bytes(b"x" * 20_000)
    rows = []
    for label, options in (("curve25519-sha256", CURVE), ("what client and server prefer", [])):
        cpu, wall = {server.name: 0.0 for server in servers}, {server.name: [] for server in servers}
        for block, server in itertools.product(range(0, number, 20), servers):
            before = cpu_seconds(server.process.pid)
            for one in range(block, block + 20):
                began = time.monotonic()
                said = sftp(server, server.schools[one % len(server.schools)], f"put {local} inbox/{label[:5]}{one}.csv", *options)
                wall[server.name].append(time.monotonic() - began)
                if said:
                    raise RuntimeError(f"{server.name}: {said}")
            cpu[server.name] += cpu_seconds(server.process.pid) - before
        each = [cpu[server.name] * 1000 / number for server in servers]
        walls = [median(wall[server.name]) * 1000 for server in servers]
        rows.append([label, *(f"{c:.1f}" for c in each), ratio(each), *(f"{w:.0f}" for w in walls), ratio(walls)])
    names = [server.name for server in servers]
    return (f"{number} sessions one after the other, each with an upload of 20 KB\n\n" + table(
        ["key exchange", *(f"{name} CPU ms" for name in names), "ratio", *(f"{name} ms in all" for name in names), "ratio"], rows))


def bursts(servers, rounds, sizes):
    """So many clients at once; the clients' own work is the most of it."""
    rows = []
    for size in sizes:
        seen, failures = {}, {}
        for _, server in itertools.product(range(rounds), servers):
            before = cpu_seconds(server.process.pid)
            took, failed = burst_of(server, size)
            cpu = cpu_seconds(server.process.pid) - before
            seen.setdefault(server.name, []).append((took, cpu))
            failures.setdefault(server.name, []).extend(failed)
        took, cpu = ([median([one[what] for one in seen[server.name]]) for server in servers] for what in (0, 1))
        rows.append([f"{size} clients", *(f"{t:.1f}" for t in took), ratio(took), *(f"{c:.1f}" for c in cpu), ratio(cpu),
                     *(str(len(failures[server.name])) for server in servers)])
        for server in servers:
            for words in sorted(set(failures[server.name])):
                rows.append([f"{server.name} said {failures[server.name].count(words)} times: {words}", *[""] * 8])
    names = [server.name for server in servers]
    return (f"bursts by asyncssh, each client with an upload of 20 KB, medians of {rounds}\n\n" + table(
        ["", *(f"{name} s" for name in names), "ratio", *(f"{name} CPU s" for name in names), "ratio",
         *(f"{name} failures" for name in names)], rows))


def idle(servers, number):
    """What a session that does nothing keeps in memory."""
    rows = []
    for server in servers:
        without = pss_kib(server.process.pid)
        holder = start(task_for(server, act="idle", clients=number))
        if holder.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{server.name} did not hold {number} sessions")
        time.sleep(2)
        within = pss_kib(server.process.pid)
        holder.stdin.write("go\n")
        answer(holder)
        rows.append((without, within, (within - without) / number))
    each = [row[2] for row in rows]
    lines = [["one session, KiB", *(f"{kib:.0f}" for kib in each), ratio(each)],
             ["server without sessions, KiB", *(str(row[0]) for row in rows), ratio([row[0] for row in rows])]]
    return f"memory (PSS) with {number} idle sessions\n\n" + table(["", *(server.name for server in servers), "ratio"], lines)


def ratio(figures):
    """The first server's figure in those of the second."""
    return f"×{figures[0] / figures[1]:.2f}" if len(figures) == 2 and figures[1] else "–"


def write_random(path, mib):
    with open("/dev/urandom", "rb") as source, path.open("wb") as file:
        for _ in range(mib):
            file.write(source.read(1 << 20))
