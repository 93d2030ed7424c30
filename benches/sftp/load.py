"""Many clients at once, by asyncssh in a few processes. Called as a program: one JSON task in, one answer out."""

import asyncio
import json
import os
import subprocess
import sys
import time

import asyncssh


def connect(task, school):
    return asyncssh.connect(
        task["host"], task["port"], username=school["user"], client_keys=[school["key"]], known_hosts=task["known_hosts"],
        kex_algs=["curve25519-sha256"], agent_path=None, config=None, login_timeout=0, connect_timeout=300)


async def burst(task):
    """Each client connects, uploads, and goes; how many failed, and with what words."""
    async def one(number):
        try:
            async with connect(task, task["schools"][number % len(task["schools"])]) as ssh:
                async with ssh.start_sftp_client() as client:
                    async with client.open(f"inbox/list {number}.csv", "wb") as file:
                        await file.write(os.urandom(10_000).hex())
            return None
        except (OSError, asyncssh.Error) as error:
            return f"{type(error).__name__}: {error}"
    failures = await asyncio.gather(*(one(number) for number in range(task["first"], task["first"] + task["clients"])))
    return [failure for failure in failures if failure]


async def idle(task):
    """Holds sessions that have listed one folder, until it is told to go."""
    held = []
    for number in range(task["clients"]):
        ssh = await connect(task, task["schools"][number % len(task["schools"])])
        client = await ssh.start_sftp_client()
        await client.listdir("inbox")
        held.append((ssh, client))
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for ssh, _ in held:
        ssh.close()
    return len(held)


def task_for(council, **more):
    schools = [{"user": school.user, "key": str(school.key)} for school in council.schools]
    return {"host": council.host, "port": council.port, "known_hosts": str(council.known_hosts), "schools": schools, **more}


def start(task):
    """Starts a process with this task."""
    process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write(json.dumps(task) + "\n")
    process.stdin.flush()
    return process


def answer(process):
    out, _ = process.communicate(timeout=900)
    return json.loads(out.splitlines()[-1])


def burst_of(council, clients, processes=2):
    """Seconds until all are done, and the failures."""
    share = clients // processes
    began = time.monotonic()
    started = [start(task_for(council, act="burst", first=part * share, clients=share)) for part in range(processes)]
    failures = [failure for process in started for failure in answer(process)]
    return time.monotonic() - began, failures


def main():
    task = json.loads(sys.stdin.readline())
    print(json.dumps(asyncio.run({"burst": burst, "idle": idle}[task["act"]](task))))


if __name__ == "__main__":
    main()
