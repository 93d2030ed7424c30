"""rclone, which looks at size and time of what it sent."""

import json
import os

from .client import Client, NotOffered


class Rclone(Client):
    name = "rclone"
    programs = {"rclone": "rclone"}

    def list(self, folder):
        return [name.rstrip("/") for name in self._rclone("lsf", self._at(folder)).splitlines()]

    def upload(self, local, remote):
        self._rclone("copyto", local, self._at(remote))

    def size(self, remote):
        return json.loads(self._rclone("lsjson", "--stat", self._at(remote)))["Size"]

    def rename(self, old, new):
        self._rclone("moveto", self._at(old), self._at(new))

    def remove(self, remote):
        self._rclone("deletefile", self._at(remote))

    def download(self, remote, local):
        self._rclone("copyto", self._at(remote), local)

    def symlink(self, target, link):
        raise NotOffered("can't make links on a server")

    def _at(self, path):
        return f"pillarbox:{path}"

    def _rclone(self, *words):
        council, config = self.council, self.scratch / "rclone.conf"
        config.write_text(f"[pillarbox]\ntype = sftp\nhost = {council.host}\nport = {council.port}\n"
                          f"user = {self.school.user}\nkey_file = {self.school.key}\n"
                          f"known_hosts_file = {council.known_hosts}\n")
        bounds = ["--retries", "1", "--low-level-retries", "1", "--contimeout", "20s", "--timeout", "20s"]
        quiet = {**os.environ, "RCLONE_CONFIG": str(config)}
        return self.run(["rclone", *bounds, *words], environment=quiet)
