/** The receiving side of the benchmark, in a process of its own: `runner.ts <windows> <folder for results>`. */
import '../../cli/run/run-test.ts'; // Loaded for its weight: this is what the runner has in memory before the first window.
import { receiveRun } from './receiving.ts';
import { planOf } from './traffic.ts';

const [windows, results = ''] = process.argv.slice(2);
const run = await receiveRun(planOf(Number(windows)), results);
process.once('message', async () => {
  const { result, ...received } = await run.finish();
  process.send?.({ ...received, requests: result.totals.requests, errors: result.totals.errors });
});
process.once('disconnect', () => process.exit());
process.send?.({ endpoint: run.endpoint });
