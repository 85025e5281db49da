import type { Generators } from './generators.ts';
import type { Interruption } from './interruption.ts';
import type { K6Exit } from './k6-process.ts';

/** Waits for the load to end, and passes on what the user wants of it meanwhile. */
export async function loadEnd(
  generators: Generators,
  { stop, kill }: Interruption,
  progress: { note(text: string): void },
): Promise<K6Exit> {
  const onStop = () => {
    progress.note('Stopping: k6 ends its iterations and writes its summary. Ctrl-C again ends it at once.');
    generators.stop();
  };
  const onKill = () => generators.kill();
  stop.addEventListener('abort', onStop, { once: true });
  kill.addEventListener('abort', onKill, { once: true });
  if (stop.aborted) onStop();
  try {
    return await generators.exit;
  } finally {
    stop.removeEventListener('abort', onStop);
    kill.removeEventListener('abort', onKill);
  }
}
