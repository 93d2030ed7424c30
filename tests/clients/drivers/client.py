"""What every driver offers, and how a client says no."""

import pathlib
import shutil
import subprocess


class Refused(Exception):
    """The client failed, with what it said."""


class NotOffered(Exception):
    """The client has no such command."""


class Client:
    """A client at one school's box. Paths are as the client would be given them by a person, such as
    `inbox/leavers.csv`. A verb that the server refuses raises `Refused`; one that the client doesn't have
    raises `NotOffered`."""

    name = ""
    #: Programs that it needs, with the package that brings each.
    programs = {}

    def __init__(self, council, school, scratch):
        self.council = council
        self.school = school
        self.scratch = pathlib.Path(scratch)

    @classmethod
    def missing(cls):
        """Why it can't be run on this machine; empty where it can."""
        lost = [package for program, package in cls.programs.items() if not shutil.which(program)]
        return f"not installed: {', '.join(lost)}" if lost else ""

    def list(self, folder):
        """The names in a folder."""
        raise NotOffered("no command that lists")

    def upload(self, local, remote):
        """Uploads the client's own way."""
        raise NotOffered("no command that uploads")

    def size(self, remote):
        """The size of a file, in bytes."""
        raise NotOffered("no command that tells a size")

    def rename(self, old, new):
        raise NotOffered("no command that renames")

    def remove(self, remote):
        raise NotOffered("no command that removes")

    def download(self, remote, local):
        raise NotOffered("no command that downloads")

    def symlink(self, target, link):
        """Makes a link at `link` that leads to `target`."""
        raise NotOffered("no command that links")

    def run(self, words, script=None, environment=None):
        """Runs the client's program; returns what it printed."""
        words = [str(word) for word in words]
        script = None if script is None else script.encode()
        try:
            ended = subprocess.run(words, input=script, capture_output=True, timeout=60, cwd=self.scratch,
                                   env=environment, stdin=subprocess.DEVNULL if script is None else None)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{words[0]} hangs") from None
        out, err = ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")
        if ended.returncode != 0:
            raise Refused(f"exit {ended.returncode}: {err.strip() or out.strip()}")
        return out


def size_in(longname):
    """The size in a line such as `ls -l` prints."""
    return int(longname.split()[4])
