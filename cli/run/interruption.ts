import { Problem } from '../support/problem.ts';

/** What a person who wants to stop has said so far. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal: stop gracefully. */
  stop: AbortSignal;
  /** Aborted by the second: end everything now. */
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

/** Who is stopped in the middle of something throws whatever it may be: it means that nothing was measured. */
export async function beforeLoad<T>(stop: AbortSignal, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (stop.aborted && !(error instanceof Problem))
      throw new Problem('Interrupted before the load began; nothing was measured.', 'INTERRUPTED');
    throw error;
  }
}
