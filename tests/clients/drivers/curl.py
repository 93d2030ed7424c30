"""curl, and libcurl as Python's pycurl carries it; both speak SFTP by libssh2."""

import io
import re
import subprocess
import urllib.parse

from .client import Client, NotOffered, Refused, size_in

try:
    import pycurl
except ImportError:
    pycurl = None


class Curl(Client):
    name = "curl"
    programs = {"curl": "curl"}

    @classmethod
    def missing(cls):
        if lost := super().missing():
            return lost
        return "" if "sftp" in cls._version() else "not installed: this curl was built without SFTP"

    @staticmethod
    def _version():
        return subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout

    def list(self, folder):
        return self._ask(folder.rstrip("/") + "/", "--list-only").splitlines()

    def upload(self, local, remote):
        self._ask(remote, "--upload-file", local)

    def size(self, remote):
        folder, name = remote.rsplit("/", 1)
        for line in self._ask(folder + "/").splitlines():
            if line.endswith(" " + name):
                return size_in(line)
        raise Refused(f"{name} is not in the listing")

    def rename(self, old, new):
        self._command(f"rename {quoted(old)} {quoted(new)}")

    def remove(self, remote):
        self._command(f"rm {quoted(remote)}")

    def download(self, remote, local):
        self._ask(remote, "--output", local)

    def symlink(self, target, link):
        self._command(f"symlink {quoted(target)} {quoted(link)}")

    def _command(self, command):
        self._ask("", "--list-only", "--quote", command)

    def _ask(self, path, *words):
        hashed = self.council.host_fingerprint.split(":", 1)[1]
        try:
            return self.run(["curl", "--silent", "--show-error", "--path-as-is", "--max-time", "50",
                             "--hostpubsha256", hashed, "--user", f"{self.school.user}:", "--key", self.school.key,
                             "--pubkey", self.school.public, *words, url(self, path)])
        except Refused as refused:
            found = re.search(r"libssh2/(\d+)\.(\d+)", self._version())
            if "exchange encryption keys" in str(refused) and (int(found[1]), int(found[2])) < (1, 11):
                raise NotOffered(f"its libssh2 {found[1]}.{found[2]} has neither AEAD ciphers nor "
                                 "encrypt-then-MAC; the next row has them") from None
            raise


class Libcurl(Curl):
    name = "libcurl (pycurl)"
    programs = {}

    @classmethod
    def missing(cls):
        return "" if pycurl else "not installed: pycurl"

    def list(self, folder):
        return self._perform(folder.rstrip("/") + "/", {pycurl.DIRLISTONLY: 1}).splitlines()

    def upload(self, local, remote):
        with open(local, "rb") as file:
            self._perform(remote, {pycurl.UPLOAD: 1, pycurl.READDATA: file})

    def download(self, remote, local):
        with open(local, "wb") as file:
            self._perform(remote, {pycurl.WRITEDATA: file})

    def _command(self, command):
        self._perform("", {pycurl.DIRLISTONLY: 1, pycurl.QUOTE: [command]})

    def _ask(self, path):
        return self._perform(path, {})

    def _perform(self, path, options):
        answer, handle = io.BytesIO(), pycurl.Curl()
        hashed = self.council.host_fingerprint.split(":", 1)[1]
        options = {
            pycurl.URL: url(self, path), pycurl.USERNAME: self.school.user, pycurl.WRITEDATA: answer,
            pycurl.SSH_PRIVATE_KEYFILE: str(self.school.key), pycurl.SSH_PUBLIC_KEYFILE: str(self.school.public),
            pycurl.SSH_HOST_PUBLIC_KEY_SHA256: hashed, pycurl.PATH_AS_IS: 1, pycurl.TIMEOUT: 50,
            pycurl.NOSIGNAL: 1, **options}
        try:
            for option, value in options.items():
                handle.setopt(option, value)
            handle.perform()
        except pycurl.error as error:
            raise Refused(f"{error.args[0]}: {error.args[1]}") from None
        finally:
            handle.close()
        return answer.getvalue().decode(errors="replace")


def url(client, path):
    return f"sftp://{client.council.host}:{client.council.port}/{urllib.parse.quote(path)}"


def quoted(path):
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
