// One act of ssh2-sftp-client, told as JSON in the first argument; its answer is printed as JSON.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const Client = require('ssh2-sftp-client');

const task = JSON.parse(process.argv[2]);

// The library has no verb for links; its session has.
const link = (sftp, target, path) => new Promise((resolve, reject) => {
  sftp.symlink(target, path, (error) => (error ? reject(error) : resolve(null)));
});

const verbs = {
  list: async (client, folder) => (await client.list(folder)).map((entry) => entry.name),
  upload: (client, local, remote) => client.put(local, remote),
  size: async (client, remote) => (await client.stat(remote)).size,
  rename: (client, from, to) => client.rename(from, to),
  remove: (client, remote) => client.delete(remote),
  download: (client, remote, local) => client.get(remote, local),
  symlink: (client, target, path) => link(client.sftp, target, path),
};

const sha256 = (key) => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

async function main() {
  const client = new Client();
  await client.connect({
    host: task.host,
    port: task.port,
    username: task.username,
    privateKey: readFileSync(task.key),
    hostVerifier: (key) => sha256(key) === task.hostKey,
    readyTimeout: 20000,
  });
  try {
    const answer = await verbs[task.verb](client, ...task.words);
    process.stdout.write(JSON.stringify(task.verb === 'list' || task.verb === 'size' ? answer : null));
  } finally {
    await client.end();
  }
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
