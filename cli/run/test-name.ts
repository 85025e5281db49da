import { existsSync } from 'node:fs';
import path from 'node:path';
import { inCampaignOrder } from '../../lib/core/across-runs/index.ts';
import { config, TESTS } from '../support/config.ts';
import { Problem } from '../support/problem.ts';

export const productOf = (test: string): string => test.split('/')[0] as string;

const productsOf = (tests: readonly string[]): string[] => [...new Set(tests.map(productOf))];

/**
 * Returns the product that commands use by default: `mainProduct` in load-suite.config.ts; if it is not set, the only
 * product.
 * @throws Problem if `mainProduct` is not set and there are several products or no products
 */
export function mainProductOf(tests: readonly string[], configured = config.mainProduct): string {
  const [only, ...others] = productsOf(tests);
  if (configured) return configured;
  if (only && others.length === 0) return only;
  throw new Problem(
    `Name a product (${productsOf(tests).join(', ') || `there is none in ${config.tests}/`}), or set mainProduct in load-suite.config.ts.`,
  );
}

/**
 * Resolves the name of a test: `shop/peak`, or `peak` for the main product.
 * @throws Problem with the most similar name if the test does not exist
 */
export function resolveTest(given: string, tests: readonly string[], configured = config.mainProduct): string {
  const wanted = given.includes('/') ? given : `${mainProductOf(tests, configured)}/${given}`;
  if (tests.includes(wanted)) return wanted;
  if (existsSync(path.join(TESTS, `${wanted}.ts`)))
    throw new Problem(
      `${config.tests}/${wanted}.ts is not a test. A test exports what defineTest returns: export const { options, run, handleSummary } = defineTest({ … }).`,
    );
  const [nearest] = [...tests].sort((a, b) => editDistance(wanted, a) - editDistance(wanted, b));
  const suggestion =
    nearest && editDistance(wanted, nearest) <= Math.max(2, wanted.length / 3) ? ` Did you mean ${nearest}?` : '';
  throw new Problem(`There is no test named ${given}.${suggestion} Available tests: ${tests.join(', ')}.`);
}

/**
 * Returns the tests of the given products, in the order of a campaign. Returns the tests of all products if no product
 * is given.
 * @throws Problem if a product has no tests
 */
export function testsOf(products: readonly string[], tests: readonly string[]): string[] {
  const known = productsOf(tests);
  const unknown = products.filter((product) => !known.includes(product));
  if (unknown.length > 0)
    throw new Problem(`There is no product named ${unknown.join(', ')}. Available products: ${known.join(', ')}.`);
  return known
    .filter((product) => products.length === 0 || products.includes(product))
    .flatMap((product) => {
      const productTests = tests.filter((test) => productOf(test) === product);
      return inCampaignOrder(productTests.map((test) => test.slice(product.length + 1))).map(
        (test) => `${product}/${test}`,
      );
    });
}

/** Returns the Levenshtein distance of two texts. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
