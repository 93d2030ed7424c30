"""The servers that are compared: Pillarbox's front end alone, the whole daemon, and OpenSSH's internal-sftp."""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "clients"))

from council import Council, say, soon, surroundings  # noqa: E402

#: Limits out of the way, so that what is measured is the server.
GENEROUS = [
    ("sftp", "login_grace", '"5 min"'), ("sftp", "max_unauthenticated", "5000"),
    ("sftp", "max_unauthenticated_per_address", "5000"), ("sftp", "max_sessions", "5000"),
    ("sftp", "max_sessions_per_school", "5000"), ("sftp", "max_sessions_per_address", "5000"),
    ("sftp", "box_quota", '"4 GiB"'), ("sftp", "max_files", "100000"),
]
#: And a size that no list has.
LARGE_FILES = [("intake", "max_bytes", '"1 GiB"')]


class Daemon(Council):
    """The whole daemon, its limits raised."""

    name = "Pillarbox"

    def __init__(self, root, program, schools, settings=()):
        super().__init__(root, program, schools)
        for section, key, value in [*GENEROUS, *settings]:
            self.set(section, key, value)

    def inbox_files(self, school):
        """What was handed over for a school, on the disk."""
        return sorted((self.folder / "state" / "front" / "boxes" / school.id).glob("*.upload"))


class Front(Daemon):
    """The front end alone, as `pillarbox sftp`: what OpenSSH does, and nothing of the daemon's work."""

    def __init__(self, root, program, schools, settings=()):
        super().__init__(root, program, schools, [*settings, ("sftp", "in_daemon", "false")])

    def start(self):
        self._launch([self.program, "sftp", "--config", self.config])
        self._learn_host_key()


class Openssh(Council):
    """OpenSSH's internal-sftp on the same kind of boxes, as the tester's own user and without chroot."""

    name = "OpenSSH"

    def __init__(self, root, program, schools, _settings=()):
        super().__init__(root, program, schools)

    def add_school(self, number):
        school = super().add_school(number)
        school.user = os.environ.get("USER") or say("id", "-un").strip()
        return school

    def start(self):
        self._launch([sshd(), "-D", "-e", "-f", self._write_config()])
        self._learn_host_key()

    def inbox_files(self, school):
        return sorted((school.box / "inbox").iterdir())

    def _write_config(self):
        """All schools are one account here: the key decides the box."""
        say("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.root / "host_key")
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        keys = self.root / "authorized_keys"
        keys.write_text("".join(
            f'command="internal-sftp -d {school.box}",restrict {school.public.read_text()}' for school in self.schools))
        config = self.root / "sshd_config"
        config.write_text("\n".join([
            f"ListenAddress {self.host}:{self.port}", f"HostKey {self.root / 'host_key'}",
            f"AuthorizedKeysFile {keys}", "StrictModes no", "PidFile none", "UsePAM no", "LogLevel ERROR",
            "PermitRootLogin yes", "Subsystem sftp internal-sftp", "MaxStartups 5000", "LoginGraceTime 300"]) + "\n")
        return config


def sshd():
    """sshd has to be called by its full path."""
    return next((path for path in ("/usr/sbin/sshd", "/usr/bin/sshd") if os.access(path, os.X_OK)), "/usr/sbin/sshd")


def sftp(council, school, script, *options):
    """Runs OpenSSH's client; the words that it failed with, or nothing."""
    words = ["sftp", "-q", "-F", "none", "-P", council.port, "-i", school.key, "-o", "IdentitiesOnly=yes",
             "-o", f"UserKnownHostsFile={council.known_hosts}", "-o", "BatchMode=yes", *options, "-b", "-",
             f"{school.user}@{council.host}"]
    ended = subprocess.run([str(word) for word in words], input=script.encode(), capture_output=True,
                           env=surroundings(), timeout=600)
    return "" if ended.returncode == 0 else ended.stderr.decode(errors="replace").strip() or f"exit {ended.returncode}"


__all__ = ["LARGE_FILES", "Daemon", "Front", "Openssh", "sftp", "soon"]
