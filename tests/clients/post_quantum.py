"""A server that offers post-quantum key exchange only (`sftp.key_exchange`): clients of today come in, and
`ssh-audit` has nothing to say against it."""

import asyncio
import pathlib

from council import Council, say


class PostQuantum(Council):
    """A council whose settings say so. ssh-keyscan may be too old to come in, so its host key is read."""

    def __init__(self, root, program):
        pathlib.Path(root).mkdir()
        super().__init__(root, program, 1)
        self.set("sftp", "key_exchange", '"post-quantum-only"')

    def _learn_host_key(self):
        key = say("ssh-keygen", "-y", "-f", self.folder / "keys" / "host")
        self.known_hosts.write_text(f"[{self.host}]:{self.port} {key}")


def visited(council):
    """What went wrong when a client of today came in, as a list of sentences."""
    try:
        import asyncssh
    except ImportError:
        return []
    school = council.schools[0]

    async def look():
        async with asyncssh.connect(council.host, council.port, username=school.user, client_keys=[str(school.key)],
                                    known_hosts=str(council.known_hosts), config=None) as line:
            async with line.start_sftp_client() as sftp:
                return sorted(await sftp.listdir("."))

    seen = asyncio.run(look())
    return [] if "inbox" in seen else [f"asyncssh saw {seen}"]
