import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../problem.ts';

/**
 * Locks an existing folder until the calling process ends or releases the lock.
 *
 * The lock is a listening socket, because the kernel closes sockets even after `kill -9`. The socket sends the id of
 * the process that holds the lock to every client.
 *
 * @returns a function that releases the lock
 * @throws Problem that contains the id of the process that already holds the lock
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const id = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 24);
  // On Linux, use an abstract socket, which is not a file and therefore leaves no file behind.
  const address = process.platform === 'linux' ? `\0load-suite-${id}` : join(tmpdir(), `load-suite-${id}.sock`);
  const server = (await listen(address)) ?? (await retryWithoutStaleSocket(address, folder));
  server.unref();
  return () => new Promise((done) => server.close(() => done()));
}

async function retryWithoutStaleSocket(address: string, folder: string): Promise<Server> {
  const holder = await askHolder(address);
  if (holder === undefined) {
    if (!address.startsWith('\0')) await rm(address, { force: true });
    const server = await listen(address);
    if (server) return server;
  }
  const holderName = holder ? `process ${holder}` : 'another process';
  throw new Problem(
    `${holderName} already runs a target with its database in ${folder}: stop that target, or set TARGET_DATA_DIR to another folder`,
  );
}

/** Returns a server that listens on the address; undefined if the address is in use. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? done(undefined) : fail(error),
    );
    server.listen(address, () => done(server));
  });
}

/**
 * Asks the process that holds a lock for its process id. Returns an empty string if the process does not reply;
 * undefined if no process holds the lock.
 */
function askHolder(address: string): Promise<string | undefined> {
  return new Promise((done) => {
    let reply = '';
    const socket = connect(address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (chunk) => {
      reply += chunk;
    });
    socket.on('error', () => done(undefined));
    socket.on('close', () => done(reply));
  });
}
