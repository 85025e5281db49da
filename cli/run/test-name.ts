import { existsSync } from 'node:fs';
import path from 'node:path';
import { inCampaignOrder } from '../../lib/core/across-runs/index.ts';
import { config, TESTS } from '../support/config.ts';
import { Problem } from '../support/problem.ts';

export const productOf = (test: string): string => test.split('/')[0] as string;

const productsOf = (tests: readonly string[]): string[] => [...new Set(tests.map(productOf))];

/**
 * The product that the user means who names none: the one of load-suite.config.ts, or else the only one.
 * @throws Problem where there are several, or none
 */
export function mainProductOf(tests: readonly string[], configured = config.mainProduct): string {
  const [only, ...others] = productsOf(tests);
  if (configured) return configured;
  if (only && others.length === 0) return only;
  throw new Problem(
    `Name the product: ${productsOf(tests).join(', ') || `there is none in ${config.tests}/`}. Or set mainProduct in load-suite.config.ts.`,
  );
}

/**
 * The test that a person means: `shop/peak`, or `peak` for the main product.
 * @throws Problem with the nearest names, where there is no such test
 */
export function resolveTest(
  given: string,
  tests: readonly string[],
  configured = config.mainProduct,
): string {
  const wanted = given.includes('/') ? given : `${mainProductOf(tests, configured)}/${given}`;
  if (tests.includes(wanted)) return wanted;
  if (existsSync(path.join(TESTS, `${wanted}.ts`)))
    throw new Problem(
      `${config.tests}/${wanted}.ts is not a test. A test exports what defineTest returns: export const { options, run, handleSummary } = defineTest({ … }).`,
    );
  const [nearest] = [...tests].sort((a, b) => distance(wanted, a) - distance(wanted, b));
  const suggestion =
    nearest && distance(wanted, nearest) <= Math.max(2, wanted.length / 3) ? ` Did you mean ${nearest}?` : '';
  throw new Problem(`There is no test named ${given}.${suggestion} There are: ${tests.join(', ')}.`);
}

/**
 * The tests of these products, or of all where none is named, each product's in the order of a campaign.
 * @throws Problem where one of the products has no tests
 */
export function testsOf(products: readonly string[], tests: readonly string[]): string[] {
  const known = productsOf(tests);
  const unknown = products.filter((product) => !known.includes(product));
  if (unknown.length > 0)
    throw new Problem(`There is no product named ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  return known
    .filter((product) => products.length === 0 || products.includes(product))
    .flatMap((product) => {
      const own = tests.filter((test) => productOf(test) === product);
      return inCampaignOrder(own.map((test) => test.slice(product.length + 1))).map(
        (test) => `${product}/${test}`,
      );
    });
}

/** Edits that turn one text into the other: V. I. Levenshtein, 1965. */
function distance(a: string, b: string): number {
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
