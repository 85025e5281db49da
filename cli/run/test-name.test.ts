import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../support/problem.ts';
import { resolveTest, testsOf } from './test-name.ts';

const TESTS = ['booking/peak', 'booking/smoke', 'booking/business-flow', 'tarot/peak', 'tarot/fallback'];

const found: [given: string, test: string][] = [
  ['booking/peak', 'booking/peak'],
  ['peak', 'booking/peak'],
  ['tarot/peak', 'tarot/peak'],
  ['business-flow', 'booking/business-flow'],
];

for (const [given, name] of found) {
  test(`${given} is ${name}`, () => {
    assert.equal(resolveTest(given, TESTS), name);
  });
}

const unknown: [given: string, suggestion: string | null][] = [
  ['peek', 'booking/peak'],
  ['smokes', 'booking/smoke'],
  ['tarot/peek', 'tarot/peak'],
  ['taro/fallback', 'tarot/fallback'],
  ['bussiness-flow', 'booking/business-flow'],
  ['insurance/policy-renewal', null],
];

for (const [given, suggestion] of unknown) {
  test(`${given} is no test, ${suggestion ? `but like ${suggestion}` : 'and like none'}`, () => {
    assert.throws(
      () => resolveTest(given, TESTS),
      (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.exitCode, 2);
        const hint = suggestion ? ` Did you mean ${suggestion}?` : '';
        assert.equal(
          error.message,
          `There is no test named ${given}.${hint} There are: ${TESTS.join(', ')}.`,
        );
        return true;
      },
    );
  });
}

test('without any test there is nothing to suggest', () => {
  assert.throws(() => resolveTest('any', []), { message: 'There is no test named any. There are: .' });
});

test('tests of products are in the order of a campaign, product by product', () => {
  assert.deepEqual(testsOf(['booking'], TESTS), ['booking/smoke', 'booking/peak', 'booking/business-flow']);
  assert.deepEqual(testsOf(['tarot', 'booking'], TESTS), testsOf([], TESTS));
  assert.deepEqual(testsOf([], TESTS).slice(3), ['tarot/peak', 'tarot/fallback']);
  assert.throws(() => testsOf(['shop', 'booking', 'bank'], TESTS), {
    name: 'Problem',
    message: 'There is no product named shop, bank. There are: booking, tarot.',
  });
});
