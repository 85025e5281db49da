import { createServer } from 'node:net';
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

/** A port on 127.0.0.1 for a process that has to be told one. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
