"""Pillarbox alone: latency, a client that never reads, one that wants all at once, new keys in mid-file, sudden
deaths."""

import asyncio
import hashlib
import os
import random
import shutil
import struct
import time

import asyncssh
import paramiko

from council import consent_list
from load import connect, task_for
from measure import median, quantile, rss_kib
from servers import sftp, soon
from side_by_side import write_random


def latency(council, uploads):
    """From the answer to CLOSE until the receipt's text, which comes last, lies in `receipts/`."""
    school = council.schools[0]
    receipts = school.box / "receipts"

    async def run():
        waits = []
        async with connect(task_for(council), {"user": school.user, "key": str(school.key)}) as ssh:
            async with ssh.start_sftp_client() as client:
                for number in range(uploads):
                    there = texts(receipts)
                    file = await client.open(f"inbox/list {number}.csv", "wb")
                    await file.write(consent_list(300, number))
                    await file.close()
                    began, end = time.monotonic(), time.monotonic() + 30
                    while texts(receipts) == there and time.monotonic() < end:
                        time.sleep(0.0005)
                    waits.append((time.monotonic() - began) * 1000)
        return waits

    waits = asyncio.run(run())
    return (f"{uploads} lists of 300 rows, from close to receipt: median {median(waits):.1f} ms, "
            f"99th percentile {quantile(waits, 0.99):.1f} ms, longest {max(waits):.1f} ms")


def texts(folder):
    return sum(1 for entry in os.scandir(folder) if entry.name.endswith(".receipt.txt"))


def unread(council, reads=2000, seconds=8.0):
    """Asks for far more than the client ever takes, and looks at the server's memory."""
    school, host = council.schools[0], council.host
    treasure = school.box / "outbox" / "large.csv.age"
    treasure.write_bytes(os.urandom(1 << 20))
    treasure.chmod(0o640)
    transport = paramiko.Transport((host, council.port))
    transport.connect(username=school.user, pkey=paramiko.Ed25519Key.from_private_key_file(str(school.key)))
    channel = transport.open_session(window_size=64 << 10)
    channel.invoke_subsystem("sftp")
    channel.sendall(packet(1, struct.pack(">I", 3)))
    read_packet(channel)
    name = b"outbox/large.csv.age"
    channel.sendall(packet(3, struct.pack(">II", 1, len(name)) + name + struct.pack(">II", 1, 0)))
    opened = read_packet(channel)
    if opened[0] != 102:
        raise RuntimeError(f"the file was not opened: {opened!r}")
    handle = opened[5:]
    before = rss_kib(council.process.pid)
    for number in range(reads):
        channel.sendall(packet(5, struct.pack(">I", number) + handle + struct.pack(">QI", 0, 255 << 10)))
    peak, end = before, time.monotonic() + seconds
    while time.monotonic() < end:
        peak = max(peak, rss_kib(council.process.pid))
        time.sleep(0.02)
    # The others must not notice.
    said = sftp(council, council.schools[-1], "ls inbox")
    transport.close()
    return (f"{reads} reads of 255 KiB that nobody takes: the server grew by {(peak - before) / 1024:.1f} MiB "
            f"from {before / 1024:.1f} MiB; another session meanwhile: {said or 'served'}")


def packet(kind, body):
    return struct.pack(">IB", len(body) + 1, kind) + body


def read_packet(channel):
    size = struct.unpack(">I", read_exactly(channel, 4))[0]
    return read_exactly(channel, size)


def read_exactly(channel, size):
    got = b""
    while len(got) < size:
        more = channel.recv(size - len(got))
        if not more:
            raise RuntimeError("the server hung up")
        got += more
    return got


def whole(council, mib):
    """paramiko's `get`, which asks for a whole file at once: servers that answer on the spot hang for ever."""
    school, local, fetched = council.schools[0], council.root / "bulk", council.root / "fetched"
    write_random(local, mib)
    shutil.copy(local, school.box / "outbox" / "bulk.csv.age")
    transport = paramiko.Transport((council.host, council.port))
    transport.connect(username=school.user, pkey=paramiko.Ed25519Key.from_private_key_file(str(school.key)))
    began = time.monotonic()
    client = paramiko.SFTPClient.from_transport(transport)
    client.get("outbox/bulk.csv.age", str(fetched))
    took = time.monotonic() - began
    transport.close()
    if digest(fetched) != digest(local):
        raise RuntimeError("whole: the bytes differ")
    return f"{mib} MiB by paramiko's get: {took:.1f} s, all bytes equal"


def rekey(council, mib):
    """Three files up and three down in one session, with new keys every 64 MiB by the client's wish and more
    often by the server's; every byte compared."""
    school, local = council.schools[0], council.root / "bulk"
    write_random(local, mib)
    wanted = digest(local)
    shutil.copy(local, school.box / "outbox" / "bulk.csv.age")
    fetched = [council.root / f"fetched-{number}" for number in range(3)]
    script = [f"put {local} inbox/bulk-{number}.csv" for number in range(3)]
    script += [f"get outbox/bulk.csv.age {path}" for path in fetched]
    there, began = set(council.inbox_files(school)), time.monotonic()
    said = sftp(council, school, "\n".join(script) + "\n", "-o", "RekeyLimit=64M")
    took = time.monotonic() - began
    if said:
        raise RuntimeError(f"rekey: {said}")
    sent = [path for path in council.inbox_files(school) if path not in there]
    came = [digest(path) for path in [*sent, *fetched]]
    if came != [wanted] * 6:
        raise RuntimeError(f"rekey: {sum(one == wanted for one in came)} of {len(came)} files came whole, of 6")
    return f"{3 * mib} MiB up and {3 * mib} MiB down in one session with new keys on the way: {took:.1f} s, all bytes equal"


def digest(path):
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


def kill(council, rounds, uploads=200, sessions=40):
    """`kill -9` while uploads close, then a restart: each that was acknowledged has exactly one receipt."""
    acknowledged, refused, told, seen = {}, [], {}, set()
    seed = random.randrange(1 << 30)
    dice = random.Random(seed)
    for number in range(rounds):
        closed = asyncio.run(one_round(council, number, uploads, sessions, dice, refused))
        acknowledged.update(closed)
        council.start()
        soon("the receipts", lambda: set(closed) <= names_told(council, seen, told), 120)
        # Whatever else is under way would come now.
        time.sleep(0.5)
        names_told(council, seen, told)
    wrong = [f"{name}: {len(told.get(name, []))} receipts" for name, sha256 in acknowledged.items()
             if told.get(name) != [sha256]]
    twice = [name for name, hashes in told.items() if len(hashes) > 1]
    council.run("audit", "verify")
    if refused:
        raise RuntimeError(f"{len(refused)} uploads were refused: {sorted(set(refused))}")
    if wrong or twice:
        raise RuntimeError(f"seed {seed}: acknowledged without their one receipt: {wrong[:5]}; more than one: {twice[:5]}")
    unsaid = sum(1 for name in told if name not in acknowledged)
    return (f"{rounds} times kill -9 during {uploads} uploads: {len(acknowledged)} acknowledged, each with exactly one "
            f"receipt; {rounds * uploads - len(acknowledged)} not acknowledged, of which {unsaid} were taken all the same")


async def one_round(council, number, uploads, sessions, dice, refused):
    """Opens all files, and closes them in the second in which the daemon dies; the hashes of those acknowledged."""
    closed, task = {}, task_for(council)
    lines = [await connect(task, task["schools"][line % len(task["schools"])]) for line in range(sessions)]
    clients = [await line.start_sftp_client() for line in lines]

    async def upload(one):
        name, sent = f"list {number} {one}.csv", consent_list(20, number * uploads + one)
        try:
            file = await clients[one % sessions].open(f"inbox/{name}", "wb")
            await file.write(sent[:700])
            await asyncio.sleep(dice.random() / 2)
            await file.write(sent[700:])
            # asyncssh closes nothing, and says nothing, where the line is down already: that is no acknowledgement.
            if clients[one % sessions]._handler._writer is None:
                return
            await file.close()
        except (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost, OSError, asyncssh.DisconnectError):
            return
        except asyncssh.Error as error:
            refused.append(str(error))
            return
        closed[name] = hashlib.sha256(sent).hexdigest()

    async def death():
        await asyncio.sleep(0.1 + dice.random() * 0.8)
        council.kill()

    await asyncio.gather(death(), *(upload(one) for one in range(uploads)), return_exceptions=True)
    for line in lines:
        line.abort()
    return closed


def names_told(council, seen, told):
    """Adds what new receipts tell of whole uploads; the names told so far."""
    for school in council.schools:
        for receipt in school.receipts(seen):
            codes = {problem["code"] for problem in receipt["problems"]}
            if receipt["id"].startswith("S") and "file-incomplete" not in codes:
                told.setdefault(receipt["file"]["name"], []).append(receipt["file"]["sha256"])
    return set(told)
