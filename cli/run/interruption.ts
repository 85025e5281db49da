import { Problem } from '../support/problem.ts';

/** The interruptions by the user, as abort signals. */
export interface Interruption extends Disposable {
  /** Aborts when the user sends the first signal: the run should stop gracefully. */
  stop: AbortSignal;
  /** Aborts when the user sends the second signal: the run should stop immediately. */
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
 * Runs work that must finish before the load begins.
 * @throws Problem that nothing was measured, if the user interrupts the work
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
