#!/usr/bin/env python3
"""Checks the trail of a Pillarbox without Pillarbox: needs Python 3.8 and nothing else.

    pillarbox audit export > trail.jsonl
    python3 check-trail.py trail.jsonl [FOLDER]

Computes the hash of each row again, as docs/audit.md describes it, and compares it with the one that is
written. With FOLDER, writes each checkpoint there with its signature, for `ssh-keygen -Y verify`.
Ends with 0 where every row fits, else with 1 and the first row that does not.
"""
import datetime
import json
import pathlib
import struct
import sys

# ---- BLAKE3, from its specification (https://github.com/BLAKE3-team/BLAKE3-specs) ----
IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
FIRST, LAST, PARENT, ROOT = 1, 2, 4, 8
MASK = 0xFFFFFFFF


def mix(v, a, b, c, d, x, y):
    v[a] = (v[a] + v[b] + x) & MASK
    v[d] = turn(v[d] ^ v[a], 16)
    v[c] = (v[c] + v[d]) & MASK
    v[b] = turn(v[b] ^ v[c], 12)
    v[a] = (v[a] + v[b] + y) & MASK
    v[d] = turn(v[d] ^ v[a], 8)
    v[c] = (v[c] + v[d]) & MASK
    v[b] = turn(v[b] ^ v[c], 7)


def turn(word, by):
    return (word >> by | word << 32 - by) & MASK


def compress(chain, words, counter, length, flags):
    v = [*chain, *IV[:4], counter & MASK, counter >> 32, length, flags]
    for at in range(7):
        for i in range(4):
            mix(v, i, 4 + i, 8 + i, 12 + i, words[2 * i], words[2 * i + 1])
        for i in range(4):
            j, k, l = 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4
            mix(v, i, j, k, l, words[8 + 2 * i], words[9 + 2 * i])
        words = [words[i] for i in ORDER]
    return [v[i] ^ v[i + 8] for i in range(8)]


def chunk(data, counter, root):
    chain = IV
    blocks = [data[i : i + 64] for i in range(0, len(data), 64)] or [b""]
    for at, block in enumerate(blocks):
        last = at == len(blocks) - 1
        flags = FIRST * (at == 0) | LAST * last | ROOT * (last and root)
        words = struct.unpack("<16I", block.ljust(64, b"\0"))
        chain = compress(chain, words, counter, len(block), flags)
    return chain


def tree(data, counter, root):
    if len(data) <= 1024:
        return chunk(data, counter, root)
    chunks = (len(data) - 1) // 1024
    left = 1024 * (1 << chunks.bit_length() - 1)
    both = tree(data[:left], counter, False) + tree(data[left:], counter + left // 1024, False)
    return compress(IV, both, 0, 64, PARENT | ROOT * root)


def blake3(data):
    return struct.pack("<8I", *tree(data, 0, True))


# ---- the canonical form of a row (docs/audit.md) ----
def text(value):
    data = value.encode()
    length = bytes([len(data)]) if len(data) < 255 else b"\xff" + struct.pack("<Q", len(data))
    return length + data


def maybe(value, form):
    return b"\0" if value is None else b"\1" + form(value)


def number(value):
    return struct.pack("<q", int(value))


def micros(at):
    seconds, _, part = at.rstrip("Z").partition(".")
    day = datetime.datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S")
    since = day - datetime.datetime(1970, 1, 1)
    return (since.days * 86400 + since.seconds) * 1_000_000 + int(part.ljust(6, "0") or 0)


def detail_of(line):
    """The bytes of `detail` as they stand in the line, between its neighbours."""
    return line[line.index('"detail":') + 9 : line.rindex(',"previous":')]


def canonical(row, detail):
    actor = row["actor"]
    who = actor.get("uid") if actor["kind"] == "operator" else actor.get("id")
    form = b"\1" + struct.pack("<Q", row["seq"]) + number(micros(row["at"])) + text(actor["kind"])
    form += maybe(actor.get("name"), text) + maybe(who, number) + maybe(actor.get("key"), text)
    form += text(row["verb"]) + text(row["subject"]) + maybe(row["school"], number) + text(detail)
    return form


def main(path, folder=None):
    rows, previous, signed = 0, None, 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "missing" in row:
                sys.exit(f"row {row['seq']} was signed and is gone")
            if previous is not None and row["previous"] != previous:
                sys.exit(f"row {row['seq']} does not follow the row before")
            if row["seq"] == 1 and row["previous"] != "0" * 64:
                sys.exit("row 1 follows something")
            hashed = blake3(bytes.fromhex(row["previous"]) + canonical(row, detail_of(line)))
            if hashed.hex() != row["hash"]:
                sys.exit(f"row {row['seq']} is not as it was written")
            previous, rows = row["hash"], rows + 1
            if checkpoint := row.get("checkpoint"):
                signed += 1
                if checkpoint["hash"] != previous:
                    sys.exit(f"the checkpoint of row {row['seq']} is not of that row")
                if folder:
                    name = pathlib.Path(folder, f"checkpoint-{row['seq']}.json")
                    name.write_text(checkpoint["text"])
                    pathlib.Path(f"{name}.sig").write_text(checkpoint["signature"])
    print(f"{rows} rows, {signed} checkpoints, head {previous}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
