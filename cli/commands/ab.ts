import { Command, InvalidArgumentError } from 'commander';
import { compare } from '../../lib/core/comparison/index.ts';
import { balancedOrder, type ComparedTarget, runInOrder } from '../compare/interleave.ts';
import { assertSettable, parseSettings } from '../compare/side-settings.ts';
import { listTests, loadDeclaredVariables } from '../run/bundle.ts';
import { watchSignals } from '../run/interruption.ts';
import { productOf, resolveTest } from '../run/test-name.ts';
import { lockSeries } from '../support/run-lock.ts';
import { TEST_ARGUMENT } from './arguments.ts';
import { assertComparable } from './compare.ts';
import { commandTerminal } from './environment.ts';
import { type LoadOptions, loadRequest, withLoadOptions } from './load-options.ts';
import { type ComparisonOptions, floorsOf, present, withComparisonOptions } from './present-comparison.ts';

interface Options extends LoadOptions, ComparisonOptions {
  a: string;
  b: string;
  rounds: number;
}

const EXAMPLES = `
Runs alternate (A B, B A, A B), so that drift of the machine affects both sides equally. Three rounds detect a change
of 20 %. The exit code is 0, 99 or 3, as with \`compare\`.

Examples:
  npm run ab -- peak --a DB_POOL_MAX=50 --b DB_POOL_MAX=20 --time-scale 0.1
  npm run ab -- peak --a API_URL=http://127.0.0.1:4010 --b API_URL=http://127.0.0.1:4011 --rounds 5
  TEST_ENV=staging ADMIN_TOKEN=… WEBHOOK_SECRET=… npm run ab -- peak \\
    --a API_URL=https://main.example.com --b API_URL=https://pr-7.example.com`;

export function abCommand(): Command {
  const command = new Command('ab')
    .description('run a test against two targets in turn and compare them')
    .argument(...TEST_ARGUMENT)
    .requiredOption('--a <settings>', 'environment variables of the reference: KEY=VALUE, comma-separated')
    .requiredOption('--b <settings>', 'environment variables of the candidate: KEY=VALUE, comma-separated')
    .option('--rounds <number>', 'runs per side', parseRounds, 3);
  return withComparisonOptions(withLoadOptions(command)).addHelpText('after', EXAMPLES).action(ab);
}

async function ab(test: string, options: Options): Promise<void> {
  const { settings: _, ...request } = { test, ...loadRequest(options) };
  const declared = await loadDeclaredVariables(productOf(resolveTest(test, await listTests())));
  const [a, b] = [options.a, options.b].map((text, i): ComparedTarget => {
    const variables = parseSettings(text);
    const { settings } = loadRequest(options, variables);
    assertSettable(variables, settings, declared);
    return { name: `${i === 0 ? 'A' : 'B'}, ${text}`, variables, settings };
  }) as [ComparedTarget, ComparedTarget];

  using interruption = watchSignals();
  await using _lock = await lockSeries(`ab of ${test}`);
  const runs = await runInOrder(
    balancedOrder([a, b], options.rounds),
    request,
    interruption,
    commandTerminal(),
    // If the two sides are not comparable, fail after the first run of each side, not after all rounds.
    (finished) => assertComparable(finished.get(a) ?? [], finished.get(b) ?? []),
  );
  const comparison = compare(runs.get(a) ?? [], runs.get(b) ?? [], floorsOf(options));
  await present(comparison, options);
}

const MAX_ROUNDS = 100;

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_ROUNDS}.`);
  return rounds;
}
