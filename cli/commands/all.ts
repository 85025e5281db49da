import { Command } from 'commander';
import type { Result } from '../../lib/core/result.ts';
import { EXIT, Problem } from '../problem.ts';
import { alignColumns } from '../report/format.ts';
import { listTests } from '../run/bundle.ts';
import { type Interruption, watchSignals } from '../run/interruption.ts';
import { runOfSeries } from '../run/run-of-series.ts';
import { testsOf } from '../run/test-name.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { type LoadOptions, loadRequest, withLoadOptions } from './load-options.ts';
import { shown } from './places.ts';
import { exitCodeOf } from './run.ts';

/** How a test went: its result, or why there is none. */
interface Outcome {
  test: string;
  result: Result | null;
  exitCode: number;
  where: string;
}

/** From the worst on: the exit code of all is that of the worst. */
const SEVERITY: readonly number[] = [EXIT.interrupted, EXIT.usage, EXIT.failed, EXIT.undecided, EXIT.ok];

const EXAMPLES = `
It ends with the worst code of its tests: 130, 2, 99, 3 or 0.

Examples:
  npm run test:all -- --time-scale 0.05 --vus-scale 0.25    every test of every product, shortened
  npm run test:all -- tarot bounty                          all tests of two products`;

export function allCommand(): Command {
  const command = new Command('all')
    .description('run every test, one after the other, whatever they come to')
    .argument('[products...]', 'only those of these products');
  return withLoadOptions(command).addHelpText('after', EXAMPLES).action(runAll);
}

async function runAll(products: readonly string[], options: LoadOptions): Promise<void> {
  using interruption = watchSignals();
  const terminal = openTerminal();
  const tests = testsOf(products, await listTests());
  const outcomes: Outcome[] = [];
  for (const [i, test] of tests.entries()) {
    if (interruption.stop.aborted) break;
    terminal.line(`Test ${i + 1} of ${tests.length}: ${test}`);
    outcomes.push(await outcomeOf(test, options, interruption, terminal));
  }
  process.stdout.write(table(outcomes));
  const codes = outcomes.map(({ exitCode }) => exitCode);
  process.exitCode = interruption.stop.aborted
    ? EXIT.interrupted
    : (SEVERITY.find((code) => codes.includes(code)) ?? EXIT.usage);
}

async function outcomeOf(
  test: string,
  options: LoadOptions,
  interruption: Interruption,
  terminal: Terminal,
): Promise<Outcome> {
  try {
    const { result, folder, unwritten } = await runOfSeries(
      { test, ...loadRequest(options) },
      interruption,
      terminal,
    );
    if (unwritten) terminal.line(unwritten.message);
    const exitCode = exitCodeOf(result) || (unwritten?.exitCode ?? EXIT.ok);
    return { test, result, exitCode, where: shown(folder) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { test, result: null, exitCode: error.exitCode, where: error.message };
  }
}

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ test, result, where }) => [
    test,
    result?.verdict.decision ?? 'no result',
    result ? `${result.totals.requests} requests` : '',
    where,
  ]);
  const reasons = outcomes.flatMap(({ test, result }) =>
    result && result.verdict.decision !== 'GO' ? [`${test}: ${result.verdict.reasons.join('; ')}`] : [],
  );
  return [
    '',
    ...alignColumns(rows, rows[0]?.length),
    ...(reasons.length > 0 ? ['', ...reasons] : []),
    '',
  ].join('\n');
}
