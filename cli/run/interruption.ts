import { Problem } from '../support/problem.ts';

/** The signals that the user has sent so far. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal: stop gracefully. */
  stop: AbortSignal;
  /** Aborted by the second signal: stop immediately. */
  kill: AbortSignal;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function watchSignals(): Interruption {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = () => (stop.signal.aborted ? kill : stop).abort();
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    [Symbol.dispose]: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

/**
 * Runs the work that precedes the load.
 * @throws Problem that says that nothing was measured, if the user interrupts the work
 */
export async function beforeLoad<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (stop.aborted && !(error instanceof Problem))
      throw new Problem('Interrupted before the load began. Nothing was measured.', 'INTERRUPTED');
    throw error;
  }
}
