"""The steps that every client takes, in their order. A step passes by returning; what it says else is an error.

What reaches the ledger is looked at last: exactly one submission for each upload that a client reported as done.
"""

import hashlib
import os
import unicodedata

from council import consent_list, soon
from drivers.client import NotOffered, Refused


class Visit:
    """One client at its own school's box, and what it has uploaded so far."""

    def __init__(self, client):
        self.client = client
        self.school = client.school
        self.uploaded = []
        self.lists = 0
        self.treasure = os.urandom(700_001)
        self.foreign = b"nobody but its owner may read this\n" * 9

    def prepare(self):
        """Lays out what is there before the client comes."""
        outbox = self.school.box / "outbox"
        (outbox / COLLECTED).write_bytes(self.treasure)
        outside = self.client.scratch / "foreign.txt"
        outside.write_bytes(self.foreign)
        (outbox / PLANTED).symlink_to(outside)

    def fresh_list(self):
        """A list with bytes of its own, in a local file."""
        self.lists += 1
        local = self.client.scratch / f"local-{self.lists}.csv"
        local.write_bytes(consent_list(20 + self.lists))
        return local

    def upload(self, name):
        """Uploads a fresh list; it counts as sent once the client says so."""
        local = self.fresh_list()
        self.client.upload(local, f"inbox/{name}")
        self.uploaded.append((name, local.read_bytes()))
        return local

    def must_fail(self, what, act, *words):
        """The act has to be refused, and the client has to say so."""
        try:
            act(*words)
        except Refused:
            return
        raise AssertionError(f"{what} was not refused")


def list_folders(visit):
    names = visit.client.list(".")
    for name in ("inbox", "outbox", "receipts", "README.txt"):
        assert name in names, f"{name} is not in {names}"
    names = visit.client.list("outbox")
    assert COLLECTED in names, f"{COLLECTED} is not in {names}"


def upload(visit):
    visit.upload("leavers.csv")


def upload_again(visit):
    visit.upload("leavers.csv")


def stat(visit):
    size, sent = visit.client.size("inbox/leavers.csv"), len(visit.uploaded[-1][1])
    assert size == sent, f"it says {size} bytes, {sent} were sent"


def rename(visit):
    local = visit.fresh_list()
    visit.client.upload(local, "inbox/draft.csv.part")
    visit.client.rename("inbox/draft.csv.part", "inbox/renamed.csv")
    visit.uploaded.append(("renamed.csv", local.read_bytes()))


def remove(visit):
    visit.client.upload(visit.fresh_list(), "inbox/unfinished.csv.part")
    visit.client.remove("inbox/unfinished.csv.part")
    try:
        names = visit.client.list("inbox")
    except NotOffered:
        return
    assert not any("unfinished" in name for name in names), f"it is still there: {names}"


def collect(visit):
    local = visit.client.scratch / "collected"
    visit.client.download(f"outbox/{COLLECTED}", local)
    assert local.read_bytes() == visit.treasure, "the bytes differ"


def write_to_outbox(visit):
    for name in ("outbox/intruder.csv", f"outbox/{COLLECTED}", "intruder.csv", "receipts/intruder.csv"):
        visit.must_fail(f"writing {name}", visit.client.upload, visit.fresh_list(), name)
    assert not any("intruder" in name for _, _, files in os.walk(visit.school.box) for name in files)
    assert (visit.school.box / "outbox" / COLLECTED).read_bytes() == visit.treasure, "the outbox file changed"


def traverse(visit):
    others = sorted(path.name for path in visit.school.box.parent.iterdir() if path.name != visit.school.id)
    paths = ["../../../../../../../../etc/passwd", "/../../../../../../../etc/passwd", "outbox/../../../../etc/passwd",
             f"../{others[0]}/README.txt", f"outbox/../../{others[0]}/README.txt"]
    for path in paths:
        local = visit.client.scratch / "stolen"
        local.unlink(missing_ok=True)
        visit.must_fail(f"reading {path}", visit.client.download, path, local)
        assert not local.exists() or local.stat().st_size == 0, f"{path} was read"
    outside = visit.school.box.parent / "escaped.csv"
    visit.must_fail("writing outside", visit.client.upload, visit.fresh_list(), f"inbox/../../{outside.name}")
    assert not outside.exists(), "a file was written outside the box"


def make_link(visit):
    visit.must_fail("a link", visit.client.symlink, "/etc/passwd", "inbox/link.csv")
    inbox = visit.school.box / "inbox"
    assert not (inbox / "link.csv").is_symlink(), "a link was made"


def planted_link(visit):
    local = visit.client.scratch / "followed"
    visit.must_fail("reading by a link", visit.client.download, f"outbox/{PLANTED}", local)
    assert not local.exists() or visit.foreign not in local.read_bytes(), "the link was followed"


def unusual_names(visit):
    for name in ("Year 11 leavers (final).csv", "Zoë Größe – łódź 学校.csv"):
        visit.upload(name)
        try:
            names = visit.client.list("inbox")
        except NotOffered:
            continue
        assert plain(name) in map(plain, names), f"{name} is not in {names}"


def receipts(visit):
    """Looks at all that went before: it is the last step."""
    if not visit.uploaded:
        raise NotOffered("nothing was uploaded")
    expected = sorted(fact(visit, name, bytes_) for name, bytes_ in visit.uploaded)
    try:
        soon("the receipts", lambda: len(visit.school.submissions()) >= len(expected))
    except TimeoutError:
        pass
    found = visit.school.submissions()
    told = sorted((plain(r["file"]["name"]), r["file"]["bytes"], r["file"]["sha256"], r["by"] or "") for r in found)
    wrong = [f"{r['file']['name']}: {r['outcome']} {[p['code'] for p in r['problems']]}"
             for r in found if r["outcome"] != "accepted"]
    assert told == expected, difference(expected, told)
    assert not wrong, f"not accepted: {wrong}"


def fact(visit, name, sent):
    return plain(name), len(sent), hashlib.sha256(sent).hexdigest(), visit.school.fingerprint


def difference(expected, told):
    """What is missing and what is too much, without the hashes."""
    short = [[f"{name} {size} B by {by or 'nobody'}" for name, size, _, by in these if (name, size, _, by) not in those]
             for these, those in ((expected, told), (told, expected))]
    return f"missing {short[0]}, unexpected {short[1]}, {len(told)} receipts for {len(expected)} uploads"


def plain(name):
    """Some clients compose letters and marks, and some don't."""
    return unicodedata.normalize("NFC", name)


COLLECTED = "8604001_destinations_made-up.csv.age"
PLANTED = "planted.csv.age"

#: Each step with its name in the table.
ALL = [
    ("list", list_folders),
    ("upload", upload),
    ("upload again", upload_again),
    ("stat", stat),
    ("rename", rename),
    ("remove unfinished", remove),
    ("collect", collect),
    ("outbox read-only", write_to_outbox),
    ("traversal refused", traverse),
    ("making links refused", make_link),
    ("planted link not followed", planted_link),
    ("unusual names", unusual_names),
    ("receipts", receipts),
]
