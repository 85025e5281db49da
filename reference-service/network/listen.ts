import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Problem } from '../problem.ts';

/**
 * Converts the error of a failed `listen` to a Problem that says what to do. Returns other errors unchanged.
 *
 * @param variable name of the environment variable that sets the port
 */
export function listenProblem(error: unknown, port: number, variable: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Problem(
      `port ${port} on 127.0.0.1 is already in use: stop the process that listens there, or set ${variable} to another port (0 picks a free one)`,
    );
  }
  if (code === 'EACCES') {
    return new Problem(`port ${port} on 127.0.0.1 requires special permissions: set ${variable} to 1024 or higher`);
  }
  return error;
}

/** Starts a server on 127.0.0.1. Port 0 picks a free port. @returns the port */
export async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Returns a free port on 127.0.0.1. Use this function for programs that cannot listen on port 0. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listenOn(probe, 0);
  await new Promise((done) => probe.close(done));
  return port;
}
