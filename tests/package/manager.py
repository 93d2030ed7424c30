#!/usr/bin/env python3
"""A service manager for one unit in a root folder where no systemd runs: manager.py ROOT UNIT [PORT]

It reads the unit that the package installed, and starts it as systemd would: user, groups, umask, environment,
credentials, runtime directory, sockets handed in, NOTIFY_SOCKET, WATCHDOG_USEC. It says READY when the unit does, kills it
where the watchdog hears nothing, and ends it within TimeoutStopSec on SIGTERM. What the kernel alone can do for a unit
(namespaces, seccomp) it does not do: that is systemd's, and tests/units.rs looks at it."""

import grp
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import time


def read_unit(path):
    """Settings of a unit file, a list each; an empty value forgets what was before it."""
    settings = {}
    for line in open(path):
        line = line.strip()
        if line and line[0] not in "#[":
            key, value = line.split("=", 1)
            if value:
                settings.setdefault(key, []).append(value)
            else:
                settings[key] = []
    return settings


def seconds(text):
    units = {"min": 60, "s": 1, "h": 3600}
    number = text.rstrip("minsh")
    return float(number) * units.get(text[len(number):], 1)


class Unit:
    def __init__(self, root, name, port):
        self.root, self.name = root, name
        units = os.path.join(root, "usr/lib/systemd/system")
        self.unit = read_unit(os.path.join(units, name))
        sockets = os.path.join(units, name.replace(".service", ".socket"))
        self.listening = None
        if os.path.exists(sockets):
            wanted = read_unit(sockets)["ListenStream"][-1]
            self.listening = socket.create_server(("::", int(port or wanted)), family=socket.AF_INET6,
                                                  dualstack_ipv6=True, backlog=1024)
        os.makedirs(self.inside("/run/notify"), exist_ok=True)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = self.inside(f"/run/notify/{name}")
        if os.path.exists(path):
            os.unlink(path)
        self.notify.bind(path)
        os.chmod(path, 0o666)

    def inside(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def one(self, key, default=None):
        return self.unit.get(key, [default])[-1]

    def ids(self):
        """User, group and further groups, as the root folder's own lists tell them."""
        users = dict(line.split(":")[0::2][:2] for line in open(self.inside("/etc/passwd")))
        groups = {line.split(":")[0]: int(line.split(":")[2]) for line in open(self.inside("/etc/group"))}
        further = [groups[name] for names in self.unit.get("SupplementaryGroups", []) for name in names.split()]
        return int(users[self.one("User")]), groups[self.one("Group")], further

    def environment(self, uid, gid):
        env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "NOTIFY_SOCKET": f"/run/notify/{self.name}",
               "INVOCATION_ID": "0" * 32}
        for file in self.unit.get("EnvironmentFile", []):
            path = self.inside(file.lstrip("-"))
            for line in open(path) if os.path.exists(path) else ():
                if line.strip() and not line.startswith("#"):
                    key, value = line.strip().split("=", 1)
                    env[key] = value
        credentials = f"/run/credentials/{self.name}"
        shutil.rmtree(self.inside(credentials), ignore_errors=True)
        for credential in self.unit.get("LoadCredential", []):
            os.makedirs(self.inside(credentials), mode=0o700, exist_ok=True)
            name, source = credential.split(":", 1)
            copy = self.inside(f"{credentials}/{name}")
            shutil.copyfile(self.inside(source), copy)
            os.chmod(copy, 0o400)
            os.chown(copy, uid, gid)
            os.chown(self.inside(credentials), uid, gid)
            env["CREDENTIALS_DIRECTORY"] = credentials
        if runtime := self.one("RuntimeDirectory"):
            env["RUNTIME_DIRECTORY"] = f"/run/{runtime}"
            os.makedirs(self.inside(env["RUNTIME_DIRECTORY"]), exist_ok=True)
            os.chmod(self.inside(env["RUNTIME_DIRECTORY"]), int(self.one("RuntimeDirectoryMode", "755"), 8))
            os.chown(self.inside(env["RUNTIME_DIRECTORY"]), uid, gid)
        if watchdog := self.one("WatchdogSec"):
            env["WATCHDOG_USEC"] = str(int(seconds(watchdog) * 1_000_000))
        return env

    def start(self):
        uid, gid, further = self.ids()
        env = self.environment(uid, gid)
        pid = os.fork()
        if pid:
            return pid
        # What a child can't do it says; the parent sees it end.
        try:
            if self.listening:
                os.dup2(self.listening.fileno(), 3)
                os.set_inheritable(3, True)
                env.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
            os.chroot(self.root)
            os.chdir("/")
            os.umask(int(self.one("UMask", "0022"), 8))
            os.setgroups(further)
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            words = self.one("ExecStart").split()
            os.execve(words[0], words, env)
        finally:
            os._exit(127)

    def run(self):
        began = time.monotonic()
        pid = self.start()
        watchdog = seconds(self.one("WatchdogSec", "0")) or None
        alive, ready, told = began, False, []

        def stop(*_):
            told.append(time.monotonic())
            os.kill(pid, signal.SIGTERM)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGHUP, lambda *_: os.kill(pid, signal.SIGHUP))
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                took = f" {time.monotonic() - told[0]:.1f} s after SIGTERM" if told else ""
                print(f"{self.name}: ended with {os.waitstatus_to_exitcode(status)}{took}", flush=True)
                return 0 if told and status == 0 else 1
            if told and time.monotonic() - told[0] > seconds(self.one("TimeoutStopSec", "20s")):
                sys.exit(f"{self.name}: does not stop")
            if ready and not told and watchdog and time.monotonic() - alive > watchdog:
                print(f"{self.name}: the watchdog heard nothing", flush=True)
                os.kill(pid, signal.SIGKILL)
            if select.select([self.notify], [], [], 0.2)[0]:
                for line in self.notify.recv(4096).decode().splitlines():
                    if line in ("READY=1", "WATCHDOG=1"):
                        alive = time.monotonic()
                    if line == "READY=1" and not ready:
                        ready = True
                        print(f"{self.name}: READY after {alive - began:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(Unit(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None).run())
