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
  test(`${given} is ${name}`, () => {
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
  test(`${given} is no test, ${suggestion ? `but like ${suggestion}` : 'and like none'}`, () => {
    const hint = suggestion ? ` Did you mean ${suggestion}?` : '';
    assert.throws(
      () => resolveTest(given, TESTS, 'shop'),
      problem(`There is no test named ${given}.${hint} There are: ${TESTS.join(', ')}.`),
    );
  });
}

test('without any test there is nothing to suggest', () => {
  assert.throws(() => resolveTest('peak', [], 'shop'), {
    message: 'There is no test named peak. There are: .',
  });
});

test('tests of products are in the order of a campaign, product by product', () => {
  assert.deepEqual(testsOf(['shop'], TESTS), ['shop/smoke', 'shop/peak', 'shop/business-flow']);
  assert.deepEqual(testsOf(['bank', 'shop'], TESTS), testsOf([], TESTS));
  assert.deepEqual(testsOf([], TESTS).slice(3), ['bank/peak', 'bank/fallback']);
  assert.throws(() => testsOf(['travel', 'shop', 'garden'], TESTS), {
    name: 'Problem',
    message: 'There is no product named travel, garden. There are: shop, bank.',
  });
});

test('without a configured main product it is the only one, and of several the user has to name one', () => {
  assert.equal(mainProductOf(TESTS, 'bank'), 'bank');
  assert.equal(mainProductOf(['bank/peak', 'bank/smoke'], ''), 'bank');
  assert.throws(() => mainProductOf(TESTS, ''), {
    name: 'Problem',
    message: 'Name the product: shop, bank. Or set mainProduct in load-suite.config.ts.',
  });
});
