import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Problem } from '../problem.ts';

/**
 * Turns the failure to listen on a port into words.
 *
 * @param variable the environment variable that chooses the port.
 */
export function listenProblem(error: unknown, port: number, variable: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Problem(
      `port ${port} on 127.0.0.1 is taken: stop what listens there, or set ${variable} to another port (0 picks a free one)`,
    );
  }
  if (code === 'EACCES') {
    return new Problem(`port ${port} on 127.0.0.1 may not be used: set ${variable} to a port from 1024 on`);
  }
  return error;
}

/** Listens on 127.0.0.1. @returns the port, which is a free one for 0 */
export async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port on 127.0.0.1 for a process that has to be told one. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listenOn(probe, 0);
  await new Promise((done) => probe.close(done));
  return port;
}
