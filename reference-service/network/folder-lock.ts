import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../problem.ts';

/**
 * Makes the calling process the only user of an existing folder, until it ends in whatever way.
 *
 * The lock is a listening socket, because the kernel gives that up even after kill -9. Whoever
 * connects is told the holder's process id.
 *
 * @returns a function that gives the lock up.
 * @throws Problem naming the process that holds it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const id = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 24);
  // Linux has socket names outside the file system, which can't go stale.
  const address =
    process.platform === 'linux' ? `\0load-suite-${id}` : join(tmpdir(), `load-suite-${id}.sock`);
  const server = (await listen(address)) ?? (await retryWithoutStale(address, folder));
  server.unref();
  return () => new Promise((done) => server.close(() => done()));
}

async function retryWithoutStale(address: string, folder: string): Promise<Server> {
  const holder = await askHolder(address);
  if (holder === undefined) {
    if (!address.startsWith('\0')) await rm(address, { force: true });
    const server = await listen(address);
    if (server) return server;
  }
  const who = holder ? `process ${holder}` : 'another process';
  throw new Problem(
    `${who} already runs a target with its database in ${folder}: stop that one, or set TARGET_DATA_DIR to another folder`,
  );
}

/** A listening server, or undefined when the address is in use. */
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

/** The holder's process id, '' when it does not say, undefined when nobody listens. */
function askHolder(address: string): Promise<string | undefined> {
  return new Promise((done) => {
    let said = '';
    const socket = connect(address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('error', () => done(undefined));
    socket.on('close', () => done(said));
  });
}
