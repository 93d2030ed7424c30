"""lftp, as it comes, and told to upload under a temporary name."""

from .client import Client
from .openssh import quoted, settings


class Lftp(Client):
    name = "lftp"
    programs = {"lftp": "lftp"}
    extra = []

    def list(self, folder):
        return [name.rstrip("/").rsplit("/", 1)[-1] for name in self._lftp(f"cls -1a {quoted(folder)}").splitlines()]

    def upload(self, local, remote):
        self._lftp(f"put {quoted(local)} -o {quoted(remote)}")

    def size(self, remote):
        return int(self._lftp(f"cls -1s --block-size=1 {quoted(remote)}").split()[0])

    def rename(self, old, new):
        self._lftp(f"mv {quoted(old)} {quoted(new)}")

    def remove(self, remote):
        self._lftp(f"rm {quoted(remote)}")

    def download(self, remote, local):
        self._lftp(f"get {quoted(remote)} -o {quoted(local)}")

    def symlink(self, target, link):
        self._lftp(f"ln -s {quoted(target)} {quoted(link)}")

    def _lftp(self, command):
        ssh = " ".join(["ssh -a -x -F none -i", str(self.school.key), *(f"-o {s}" for s in settings(self.council))])
        council = self.council
        script = [f'set sftp:connect-program "{ssh}"', "set cmd:fail-exit yes", "set net:max-retries 1",
                  "set net:timeout 20", "set xfer:clobber yes", *self.extra,
                  f"open -u {self.school.user}, sftp://{council.host}:{council.port}", command]
        return self.run(["lftp", "--norc", "-c", "; ".join(script)])


class LftpTemp(Lftp):
    name = "lftp (temp files)"
    extra = ["set xfer:use-temp-file yes", "set xfer:temp-file-name .in.*"]
