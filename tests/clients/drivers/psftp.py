"""psftp: the SSH core of PuTTY, which WinSCP and FileZilla share."""

from .client import Client, NotOffered, Refused, size_in


class Psftp(Client):
    name = "psftp"
    programs = {"psftp": "putty-tools", "puttygen": "putty-tools"}

    def list(self, folder):
        return [line.split(None, 8)[-1] for line in self._psftp(f"ls {quoted(folder)}")[1:]]

    def upload(self, local, remote):
        self._psftp(f"put {quoted(local)} {quoted(remote)}")

    def size(self, remote):
        folder, name = remote.rsplit("/", 1)
        for line in self._psftp(f"ls {quoted(folder)}"):
            if line.endswith(" " + name):
                return size_in(line)
        raise Refused(f"{name} is not in the listing")

    def rename(self, old, new):
        self._psftp(f"mv {quoted(old)} {quoted(new)}")

    def remove(self, remote):
        self._psftp(f"rm {quoted(remote)}")

    def download(self, remote, local):
        self._psftp(f"get {quoted(remote)} {quoted(local)}")

    def symlink(self, target, link):
        raise NotOffered("no command that links")

    def _psftp(self, command):
        script = self.scratch / "psftp.txt"
        script.write_text(command + "\n")
        council = self.council
        out = self.run(["psftp", "-batch", "-P", council.port, "-i", self.school.ppk, "-hostkey",
                        council.host_fingerprint, "-b", script, f"{self.school.user}@{council.host}"])
        return [line for line in out.splitlines() if not line.startswith(("Remote working", "Using username"))]


def quoted(path):
    return '"' + str(path).replace('"', '""') + '"'
