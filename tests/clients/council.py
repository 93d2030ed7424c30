"""A made-up council in a temporary folder, its schools with their keys, and the server that they reach."""

import datetime
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time


class School:
    """One school: its number, its box on the disk, and the keys of its one made-up person."""

    def __init__(self, council, number):
        self.id = str(number)
        self.user = self.id
        self.box = council.boxes / self.id
        self.keys = council.root / "keys-of" / self.id
        self.key = self.keys / "id_ed25519"
        self.ppk = self.keys / "id_ed25519.ppk"
        self._make_keys()

    def _make_keys(self):
        self.keys.mkdir(parents=True)
        say("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "made-up", "-f", self.key)
        words = say("ssh-keygen", "-l", "-f", self.public)
        self.fingerprint = words.split()[1]
        if has("puttygen"):
            say("puttygen", self.key, "-O", "private", "-o", self.ppk)

    @property
    def public(self):
        return self.key.with_suffix(".pub")

    def receipts(self, seen=None):
        """The JSON of each receipt that is there with its text, by name; those that were seen are left out."""
        found, seen = [], set() if seen is None else seen
        for text in sorted((self.box / "receipts").glob("*.receipt.txt")):
            if text not in seen:
                seen.add(text)
                found.append(json.loads(text.with_suffix(".json").read_bytes()))
        return found

    def submissions(self):
        return [receipt for receipt in self.receipts() if receipt["id"].startswith("S")]


class Council:
    """The council's folder; the server is started and stopped by whoever uses it."""

    def __init__(self, root, program, schools):
        self.root = pathlib.Path(root)
        self.folder = self.root / "council"
        self.config = self.folder / "pillarbox.toml"
        self.boxes = self.folder / "state" / "boxes"
        self.program = str(program)
        self.host = "127.0.0.1"
        self.port = free_port()
        self.known_hosts = self.root / "known_hosts"
        self.log = self.root / "server.log"
        self.process = None
        say(self.program, "init", self.folder, "--council", "Made-up County Council",
            "--la", "860", "--domain", "council.example")
        self.set("sftp", "listen", f'"{self.host}:{self.port}"')
        self.schools = [self.add_school(8604001 + place) for place in range(schools)]

    def set(self, section, key, value):
        """Sets a value that `pillarbox init` wrote, be it as a comment."""
        lines, inside = self.config.read_text().splitlines(), False
        for place, line in enumerate(lines):
            if line.startswith("["):
                inside = line == f"[{section}]"
            elif inside and re.match(rf"(# )?{key} = ", line):
                lines[place] = f"{key} = {value}"
                break
        else:
            raise KeyError(f"pillarbox.toml has no {section}.{key}")
        self.config.write_text("\n".join(lines) + "\n")

    def add_school(self, number):
        school = School(self, number)
        self.run("school", "add", school.id, "--name", f"School {school.id} of Nowhere",
                 "--signed", "2020-09-14", "--person", "Pat Invented", "--key", school.public)
        return school

    def run(self, *words):
        return say(self.program, *words, "--config", self.config)

    def start(self):
        """Starts the daemon, and waits until it greets and answers."""
        self._launch([self.program, "run", "--config", self.config])
        self._learn_host_key()
        self._await_answer()

    def _await_answer(self):
        """The daemon has recovered what an earlier one left, and tidied, once it takes commands."""
        soon("the control socket", (self.folder / "state" / "control.sock").exists)
        self.run("status")

    def _launch(self, words):
        with self.log.open("ab") as log:
            words = [str(word) for word in words]
            self.process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env=surroundings())
        soon("a greeting", self._greets)

    def _greets(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the server ended with {self.process.returncode}:\n"
                               + self.log.read_text(errors="replace")[-2000:])
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as line:
                return line.recv(4) == b"SSH-"
        except OSError:
            return False

    def _learn_host_key(self):
        keys = say("ssh-keyscan", "-p", self.port, "-t", "ed25519", self.host)
        self.known_hosts.write_text(keys)
        self.host_fingerprint = say("ssh-keygen", "-l", "-f", self.known_hosts).split()[1]

    def stop(self):
        """Asks the server to end, and makes it end where it doesn't; says whether it ended well."""
        if self.process is None:
            return True
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15) == 0
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        finally:
            self.process = None

    def kill(self):
        """Ends the server as a power cut would."""
        self.process.kill()
        self.process.wait()


def consent_list(pupils, first=0):
    """A list of so many made-up pupils of sixteen and a half years."""
    today = datetime.date.today()
    asked = (today - datetime.timedelta(days=20)).strftime("%d/%m/%Y")
    rows = ["Forename,Surname,DOB,Consent,Consent date"]
    for number in range(first, first + pupils):
        born = (today - datetime.timedelta(days=6030 + number % 300)).strftime("%d/%m/%Y")
        rows.append(f"Forename{letters(number)},Surname{letters(number * 7)},{born},Yes,{asked}")
    return ("\n".join(rows) + "\n").encode()


def letters(number):
    """A number in letters, as names have no digits."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def soon(what, holds, seconds=30.0):
    """Waits until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.05)


def say(*words):
    """Runs a command that must succeed, and returns what it printed."""
    words = [str(word) for word in words]
    ended = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL, env=surroundings())
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(words[:3])} ended with {ended.returncode}: "
                           + ended.stderr.decode(errors="replace").strip())
    return ended.stdout.decode(errors="replace")


def has(program):
    return any(os.access(os.path.join(folder, program), os.X_OK)
               for folder in os.environ.get("PATH", "").split(os.pathsep))


def surroundings():
    """The environment without what would lead a program to the tester's own things."""
    ours = {"PILLARBOX_CONFIG", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "SSH_AUTH_SOCK"}
    return {name: value for name, value in os.environ.items() if name not in ours} | {"LC_ALL": "C.UTF-8"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
