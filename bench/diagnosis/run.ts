import { setTimeout as sleep } from 'node:timers/promises';
import { runSettings } from '../../cli/commands/settings.ts';
import { parsePrometheus } from '../../cli/probes/prometheus.ts';
import type { Interruption } from '../../cli/run/interruption.ts';
import { type LocalTarget, startLocalTarget } from '../../cli/run/local-target.ts';
import { runTest } from '../../cli/run/run-test.ts';
import type { Terminal } from '../../cli/support/terminal.ts';
import type { Result } from '../../lib/core/evidence/index.ts';
import type { FaultCase, ScaledTest } from './cases.ts';

/** Folders that are shared by all runs of a benchmark. */
export interface BenchmarkFolders {
  results: string;
  /** Data folder of the database. The first run creates the data. */
  data: string;
}

const silent: Terminal = { live: false, line() {}, status() {}, clearStatus() {} };

/** Number of requests after which a fault `under load` is activated, so that the run begins without the fault. */
const REQUESTS_BEFORE_FAULT = 100;
const POLL_MS = 100;

/** Starts a reference service and runs a test against it, using the same code as the command line. */
export async function runWithFault(
  { test, scale }: ScaledTest,
  fault: FaultCase | null,
  folders: BenchmarkFolders,
  interruption: Interruption,
): Promise<Result> {
  const env = { ...process.env, TARGET_DATA_DIR: folders.data, TARGET_FAULTS: '', DATABASE_URL: '' };
  await using target = await startLocalTarget('booking', env, interruption.stop);
  if (fault?.appears === 'from the start') await activate(target, fault);
  const ended = new AbortController();
  const activation = fault?.appears === 'under load' ? activateUnderLoad(target, fault, ended.signal) : null;
  try {
    const { result } = await runTest(
      {
        test,
        labels: { fault: fault?.fault ?? 'none' },
        dashboard: false,
        keepData: true,
        results: folders.results,
        settings: runSettings(
          {
            ...env,
            ...target.variables,
            TIME_SCALE: String(scale.time),
            VUS_SCALE: String(scale.vus),
          },
          false,
        ),
      },
      interruption,
      silent,
    );
    return result;
  } finally {
    ended.abort();
    await activation;
  }
}

async function activateUnderLoad(target: LocalTarget, fault: FaultCase, ended: AbortSignal): Promise<void> {
  while ((await handledRequests(target)) < REQUESTS_BEFORE_FAULT) {
    await sleep(POLL_MS);
    if (ended.aborted) return;
  }
  await activate(target, fault);
}

async function activate({ controlUrl }: LocalTarget, { fault, value }: FaultCase): Promise<void> {
  const response = await fetch(`${controlUrl}/faults/${fault}`, {
    method: 'PUT',
    body: JSON.stringify({ value }),
  });
  if (!response.ok) throw new Error(`${fault} was not activated: ${await response.text()}`);
}

async function handledRequests({ url }: LocalTarget): Promise<number> {
  const metrics = parsePrometheus(await (await fetch(`${url}/metrics`)).text());
  return metrics.filter(({ name }) => name === 'http_requests_total').reduce((sum, { value }) => sum + value, 0);
}
