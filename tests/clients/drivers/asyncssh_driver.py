"""asyncssh, whose SFTP client writes and reads many blocks at once."""

import asyncio

from .client import Client, Refused

try:
    import asyncssh
except ImportError:
    asyncssh = None


class Asyncssh(Client):
    name = "asyncssh"

    @classmethod
    def missing(cls):
        return "" if asyncssh else "not installed: asyncssh"

    def list(self, folder):
        return self._ask(lambda sftp: sftp.listdir(folder))

    def upload(self, local, remote):
        self._ask(lambda sftp: sftp.put(str(local), remote))

    def size(self, remote):
        return self._ask(lambda sftp: sftp.stat(remote)).size

    def rename(self, old, new):
        self._ask(lambda sftp: sftp.rename(old, new))

    def remove(self, remote):
        self._ask(lambda sftp: sftp.remove(remote))

    def download(self, remote, local):
        self._ask(lambda sftp: sftp.get(remote, str(local)))

    def symlink(self, target, link):
        self._ask(lambda sftp: sftp.symlink(target, link))

    def _ask(self, act):
        async def session():
            council = self.council
            async with asyncssh.connect(
                    council.host, council.port, username=self.school.user, client_keys=[str(self.school.key)],
                    known_hosts=str(council.known_hosts), agent_path=None, config=None) as ssh:
                async with ssh.start_sftp_client() as sftp:
                    return await asyncio.wait_for(act(sftp), 60)
        try:
            return asyncio.run(session())
        except (OSError, asyncssh.Error) as error:
            raise Refused(f"{type(error).__name__}: {error}") from None
