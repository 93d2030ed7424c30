"""paramiko, which looks at the size of what it sent, and asks for a whole file at once."""

import contextlib

from .client import Client, Refused

try:
    import paramiko
except ImportError:
    paramiko = None


class Paramiko(Client):
    name = "paramiko"

    @classmethod
    def missing(cls):
        return "" if paramiko else "not installed: paramiko"

    def list(self, folder):
        with self._session() as sftp:
            return sftp.listdir(folder)

    def upload(self, local, remote):
        with self._session() as sftp:
            sftp.put(str(local), remote)

    def size(self, remote):
        with self._session() as sftp:
            return sftp.stat(remote).st_size

    def rename(self, old, new):
        with self._session() as sftp:
            sftp.rename(old, new)

    def remove(self, remote):
        with self._session() as sftp:
            sftp.remove(remote)

    def download(self, remote, local):
        with self._session() as sftp:
            sftp.get(remote, str(local))

    def symlink(self, target, link):
        with self._session() as sftp:
            sftp.symlink(target, link)

    @contextlib.contextmanager
    def _session(self):
        council, ssh = self.council, paramiko.SSHClient()
        ssh.load_host_keys(str(council.known_hosts))
        try:
            ssh.connect(council.host, council.port, self.school.user, key_filename=str(self.school.key),
                        allow_agent=False, look_for_keys=False, timeout=20)
            yield ssh.open_sftp()
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise Refused(f"{type(error).__name__}: {error}") from None
        finally:
            ssh.close()
