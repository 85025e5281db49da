import { Command } from 'commander';
import type { Result } from '../../lib/core/evidence/index.ts';
import { formatCount } from '../../lib/core/numbers/index.ts';
import { alignColumns } from '../report/format.ts';
import { DECISION_WORDS } from '../report/verdict-words.ts';
import { listTests } from '../run/bundle.ts';
import { type Interruption, watchSignals } from '../run/interruption.ts';
import { runInSeries } from '../run/run-test.ts';
import { testsOf } from '../run/test-name.ts';
import { shown } from '../support/paths.ts';
import { EXIT, Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';
import { EXAMPLE_PRODUCT } from './arguments.ts';
import { commandTerminal } from './environment.ts';
import { type LoadOptions, loadRequest, withLoadOptions } from './load-options.ts';
import { exitCodeOf } from './run.ts';

interface Outcome {
  test: string;
  /** The result of the test; null if the test did not write a result. */
  result: Result | null;
  exitCode: number;
  where: string;
  /** The reasons why the decision of the test is not GO; empty if it is GO. */
  reasons: readonly string[];
}

/** Exit codes from worst to best. `all` exits with the worst exit code of its tests. */
const SEVERITY: readonly number[] = [EXIT.interrupted, EXIT.usage, EXIT.failed, EXIT.undecided, EXIT.ok];

const EXAMPLES = `
The exit code is the worst exit code of all tests. From worst to best: 130, 2, 99, 3, 0.

Examples:
  npm run test:all -- --time-scale 0.05 --vus-scale 0.25    every test of every product, shortened
  npm run test:all -- ${EXAMPLE_PRODUCT}                            all tests of one product`;

export function allCommand(): Command {
  const command = new Command('all')
    .description('run every test in turn, even if some fail')
    .argument('[products...]', 'products to test (default: all)');
  return withLoadOptions(command).addHelpText('after', EXAMPLES).action(runAll);
}

async function runAll(products: readonly string[], options: LoadOptions): Promise<void> {
  using interruption = watchSignals();
  const terminal = commandTerminal();
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
    const {
      result,
      folder,
      writeProblem: unwritten,
    } = await runInSeries({ test, ...loadRequest(options) }, interruption, terminal);
    if (unwritten) terminal.line(unwritten.message);
    const { decision, reasons } = result.verdict;
    return {
      test,
      result,
      exitCode: exitCodeOf(result) || (unwritten?.exitCode ?? EXIT.ok),
      where: shown(folder),
      reasons: decision === 'GO' ? [] : reasons,
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { exitCode, message } = error;
    return { test, result: null, exitCode, where: '', reasons: message.split('\n') };
  }
}

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ test, result, where }) => [
    test,
    result ? DECISION_WORDS[result.verdict.decision].words : 'no result',
    result ? `${formatCount(result.totals.requests)} requests` : '',
    where,
  ]);
  const explanations = outcomes.flatMap(({ test, reasons }) =>
    reasons.length > 0 ? [`${test}: ${reasons.join('; ')}`] : [],
  );
  return [
    '',
    ...alignColumns(rows, rows[0]?.length),
    ...(explanations.length > 0 ? ['', ...explanations] : []),
    '',
  ].join('\n');
}
