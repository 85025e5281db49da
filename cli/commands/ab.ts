import { Command, InvalidArgumentError } from 'commander';
import { compare } from '../../lib/core/comparison/index.ts';
import { balancedOrder, type ComparedTarget, runInOrder } from '../compare/interleave.ts';
import { assertSettable, parseSettings } from '../compare/side-settings.ts';
import { listTests, loadDeclaredVariables } from '../run/bundle.ts';
import { watchSignals } from '../run/interruption.ts';
import { productOf, resolveTest } from '../run/test-name.ts';
import { lockSeries } from '../support/run-lock.ts';
import { assertComparable } from './compare.ts';
import { commandTerminal } from './environment.ts';
import { type LoadOptions, loadRequest, withLoadOptions } from './load-options.ts';
import { TEST_ARGUMENT } from './names.ts';
import { type ComparisonOptions, floorsOf, present, withComparisonOptions } from './present.ts';

interface Options extends LoadOptions, ComparisonOptions {
  a: string;
  b: string;
  rounds: number;
}

const EXAMPLES = `
Runs go A B, B A, A B, so that what drifts on the machine weighs on both sides. The run is the unit: from three
rounds on, a change of a fifth is seen. It ends with 0, 99 or 3 as \`compare\` does.

Examples:
  npm run ab -- peak --a DB_POOL_MAX=50 --b DB_POOL_MAX=20 --time-scale 0.1
  npm run ab -- peak --a API_URL=http://127.0.0.1:4010 --b API_URL=http://127.0.0.1:4011 --rounds 5
  TEST_ENV=staging ADMIN_TOKEN=… WEBHOOK_SECRET=… npm run ab -- peak \\
    --a API_URL=https://main.example.com --b API_URL=https://pr-7.example.com`;

export function abCommand(): Command {
  const command = new Command('ab')
    .description('run a test against two targets in turn, and compare them')
    .argument(...TEST_ARGUMENT)
    .requiredOption('--a <settings>', 'what makes the reference: KEY=VALUE, several with commas between')
    .requiredOption('--b <settings>', 'what makes the candidate')
    .option('--rounds <number>', 'runs of each side', parseRounds, 3);
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
    // Known after the first of each side, and not after the last.
    (made) => assertComparable(made.get(a) ?? [], made.get(b) ?? []),
  );
  const comparison = compare(runs.get(a) ?? [], runs.get(b) ?? [], floorsOf(options));
  await present(comparison, options);
}

const MOST_ROUNDS = 100;

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS)
    throw new InvalidArgumentError(`It takes a whole number from 1 to ${MOST_ROUNDS}.`);
  return rounds;
}
