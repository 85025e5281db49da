import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Interruption } from '../../run/interruption.ts';
import { redactor } from '../../run/redact.ts';
import { EXIT } from '../../support/problem.ts';
import type { CloudTest } from './archive.ts';

/**
 * The environment variables that k6 receives. All other variables are withheld, because k6 could send them to Grafana
 * Cloud.
 */
const PASSED_VARIABLES =
  /^(PATH|HOME|TMPDIR|https?_proxy|no_proxy|SSL_CERT_(FILE|DIR)|K6_CLOUD_\w+|K6_SHOW_CLOUD_LOGS)$/i;

/**
 * Maps k6's exit code to the exit code of this command. If k6 exits with a code that is not listed, the run did not
 * finish.
 */
const EXIT_CODES: Record<number, number> = {
  0: EXIT.ok,
  99: EXIT.failed,
  97: EXIT.undecided,
  98: EXIT.undecided,
};

/**
 * Sends a test to Grafana Cloud with k6, starts the test there, and waits until the test ends.
 * @param show called with each line of k6's output
 * @returns the exit code of the command
 */
export async function runInCloud(
  { k6, file, plan }: CloudTest,
  env: NodeJS.ProcessEnv,
  { stop, kill }: Interruption,
  show: (line: string) => void,
): Promise<number> {
  if (stop.aborted) return EXIT.interrupted;
  const passed = Object.entries(env).filter(([name]) => PASSED_VARIABLES.test(name));
  const child = spawn(k6, ['cloud', 'run', '--no-color', file], {
    env: { K6_CLOUD_NAME: `${plan.product}/${plan.test}`, ...Object.fromEntries(passed) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const redact = redactor(env, plan.variables);
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => show(redact(line)));
  stop.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
  kill.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
  const [code] = (await once(child, 'close')) as [number | null];
  if (stop.aborted) return EXIT.interrupted;
  return EXIT_CODES[code ?? -1] ?? EXIT.usage;
}
