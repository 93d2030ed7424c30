"""OpenSSH's sftp and scp."""

from .client import Client, NotOffered, size_in


class Sftp(Client):
    name = "OpenSSH sftp"
    programs = {"sftp": "openssh-client"}

    def list(self, folder):
        out = self._batch(f"ls -1a {quoted(folder)}")
        return [line.rstrip("/").rsplit("/", 1)[-1] for line in out]

    def upload(self, local, remote):
        self._batch(f"put {quoted(local)} {quoted(remote)}")

    def size(self, remote):
        return size_in(self._batch(f"ls -ln {quoted(remote)}")[0])

    def rename(self, old, new):
        self._batch(f"rename {quoted(old)} {quoted(new)}")

    def remove(self, remote):
        self._batch(f"rm {quoted(remote)}")

    def download(self, remote, local):
        self._batch(f"get {quoted(remote)} {quoted(local)}")

    def symlink(self, target, link):
        self._batch(f"ln -s {quoted(target)} {quoted(link)}")

    def _batch(self, line):
        words = ["sftp", "-q", *options(self), "-b", "-", address(self)]
        out = self.run(words, script=line + "\n").splitlines()
        return [line for line in out if not line.startswith("sftp>")]


class Scp(Client):
    name = "OpenSSH scp"
    programs = {"scp": "openssh-client"}

    def upload(self, local, remote):
        self._scp(local, f"{address(self)}:{remote}")

    def download(self, remote, local):
        self._scp(f"{address(self)}:{remote}", local)

    def _scp(self, source, target):
        # "-s" is the default since OpenSSH 9.0; earlier ones would ask for a shell.
        self.run(["scp", "-q", "-s", *options(self), source, target])

    def list(self, folder):
        raise NotOffered("copies only")

    size = remove = list

    def rename(self, old, new):
        raise NotOffered("copies only")

    symlink = rename


def options(client):
    """What ssh has to be told, whichever program calls it."""
    council = client.council
    return ["-F", "none", "-P", council.port, "-i", client.school.key,
            *[word for setting in settings(council) for word in ("-o", setting)]]


def settings(council):
    return [f"UserKnownHostsFile={council.known_hosts}", "GlobalKnownHostsFile=none", "IdentitiesOnly=yes",
            "StrictHostKeyChecking=yes", "BatchMode=yes", "ConnectTimeout=20"]


def address(client):
    return f"{client.school.user}@{client.council.host}"


def quoted(path):
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
