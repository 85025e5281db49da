/** Receives the telemetry of a benchmark in a separate process. Usage: `runner.ts <options as JSON>`. */
import '../../cli/run/run-test.ts'; // Imported so that the measured memory includes all code of a real runner.
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
