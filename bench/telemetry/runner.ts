/** The receiving side of the benchmarks, in a process of its own: `runner.ts <options as JSON>`. */
import '../../cli/run/run-test.ts'; // Loaded for its weight: this is what the runner has in memory before the first window.
import { receiveRun } from './receive-run.ts';
import type { RunnerOptions } from './runner-process.ts';
import { planOf } from './traffic.ts';

const { windows, endpoints, results, generators } = JSON.parse(process.argv[2] ?? '{}') as RunnerOptions;
const run = await receiveRun(planOf(windows, endpoints), results, generators);
process.once('message', async () => {
  const { result, ...received } = await run.finish();
  process.send?.({ ...received, requests: result.totals.requests, errors: result.totals.errors });
});
process.once('disconnect', () => process.exit());
process.send?.({ endpoint: run.endpoint });
