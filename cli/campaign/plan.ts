import { inCampaignOrder } from '../../lib/core/campaign.ts';
import type { TestPlan } from '../../lib/core/plan.ts';
import { readVariable } from '../../lib/core/variables.ts';
import { ensureK6 } from '../k6/index.ts';
import { EXIT, Problem } from '../problem.ts';
import { buildTests, listTests } from '../run/bundle.ts';
import { inspectTest } from '../run/inspect.ts';
import type { Terminal } from '../terminal.ts';

/**
 * The plans of all tests of a product, in the order of a campaign.
 * @throws Problem where there is no such product, or one of its tests cannot be loaded
 */
export async function plansOf(
  product: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<TestPlan[]> {
  const own = await testsOf(product);
  const [k6] = await Promise.all([
    ensureK6({ env, log: (line) => terminal.line(line), signal }),
    buildTests(own, readVariable('SEED', env)),
  ]).catch((error) => {
    throw signal.aborted ? new Problem('Interrupted before the first test.', EXIT.interrupted) : error;
  });
  const plans: TestPlan[] = [];
  for (const test of inCampaignOrder(own.map((name) => name.slice(product.length + 1))))
    plans.push(await inspectTest(k6.path, `${product}/${test}`, env));
  return plans;
}

/** @throws Problem where there is no such product */
export async function testsOf(product: string): Promise<string[]> {
  const all = await listTests();
  const own = all.filter((test) => test.startsWith(`${product}/`));
  if (own.length === 0)
    throw new Problem(`There is no product named ${product}. There are: ${productsOf(all).join(', ')}.`);
  return own;
}

const productsOf = (tests: readonly string[]) => [
  ...new Set(tests.map((test) => test.split('/')[0] as string)),
];
