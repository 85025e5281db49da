import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillRoute, splitRoute } from './route.ts';

test('splitRoute splits a route template at its parameters only', () => {
  assert.deepEqual(splitRoute('http://127.0.0.1:4010/health'), ['http://127.0.0.1:4010/health']);
  assert.deepEqual(splitRoute('/items/:id'), ['/items/', '']);
  assert.deepEqual(splitRoute('/items/:id/price'), ['/items/', '/price']);
  assert.deepEqual(splitRoute('/shops/:shop/items/:item'), ['/shops/', '/items/', '']);
  assert.deepEqual(splitRoute('/:a/:b/end'), ['/', '/', '/end']);
});

test('fillRoute inserts one value for each parameter, and throws for any other number of values', () => {
  const [, ...pieces] = splitRoute('/shops/:shop/items/:item/price');
  assert.equal(fillRoute(pieces, ['7', '12']), '7/items/12/price');
  for (const values of [undefined, '7', ['7'], ['7', '12', '13']])
    assert.throws(() => fillRoute(pieces, values), /^Error: The route has 2 parameters, but got (no|1|3) values\.$/);
});
