import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problem } from '../testing/problem.ts';
import { mainProductOf, resolveTest, testsOf } from './test-name.ts';

const TESTS = ['shop/peak', 'shop/smoke', 'shop/business-flow', 'bank/peak', 'bank/fallback'];

const found: [given: string, test: string][] = [
  ['shop/peak', 'shop/peak'],
  ['peak', 'shop/peak'],
  ['bank/peak', 'bank/peak'],
  ['business-flow', 'shop/business-flow'],
];

for (const [given, name] of found) {
  test(`the test name ${given} resolves to ${name}`, () => {
    assert.equal(resolveTest(given, TESTS, 'shop'), name);
  });
}

const unknown: [given: string, suggestion: string | null][] = [
  ['peek', 'shop/peak'],
  ['smokes', 'shop/smoke'],
  ['bank/peek', 'bank/peak'],
  ['ban/fallback', 'bank/fallback'],
  ['bussiness-flow', 'shop/business-flow'],
  ['travel/policy-renewal', null],
];

for (const [given, suggestion] of unknown) {
  test(`the unknown test name ${given} is rejected, with ${suggestion ?? 'no name'} as the suggestion`, () => {
    const hint = suggestion ? ` Did you mean ${suggestion}?` : '';
    assert.throws(
      () => resolveTest(given, TESTS, 'shop'),
      problem(`There is no test named ${given}.${hint} Available tests: ${TESTS.join(', ')}.`),
    );
  });
}

test('resolveTest suggests no name if there are no tests', () => {
  assert.throws(() => resolveTest('peak', [], 'shop'), {
    message: 'There is no test named peak. Available tests: .',
  });
});

test('testsOf returns the tests of each product in the order in which a campaign runs them', () => {
  assert.deepEqual(testsOf(['shop'], TESTS), ['shop/smoke', 'shop/peak', 'shop/business-flow']);
  assert.deepEqual(testsOf(['bank', 'shop'], TESTS), testsOf([], TESTS));
  assert.deepEqual(testsOf([], TESTS).slice(3), ['bank/peak', 'bank/fallback']);
  assert.throws(() => testsOf(['travel', 'shop', 'garden'], TESTS), {
    name: 'Problem',
    message: 'There is no product named travel, garden. Available products: shop, bank.',
  });
});

test('mainProductOf returns the only product, and throws if there are several products', () => {
  assert.equal(mainProductOf(TESTS, 'bank'), 'bank');
  assert.equal(mainProductOf(['bank/peak', 'bank/smoke'], ''), 'bank');
  assert.throws(() => mainProductOf(TESTS, ''), {
    name: 'Problem',
    message: 'Name a product (shop, bank), or set mainProduct in load-suite.config.ts.',
  });
});
