import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillRoute, splitRoute } from './route.ts';

test('a route template is divided at its parameters, and nowhere else', () => {
  const pieces = (template: string) => splitRoute(template);
  assert.deepEqual(pieces('http://127.0.0.1:4010/health'), ['http://127.0.0.1:4010/health']);
  assert.deepEqual(pieces('/items/:id'), ['/items/', '']);
  assert.deepEqual(pieces('/items/:id/price'), ['/items/', '/price']);
  assert.deepEqual(pieces('/shops/:shop/items/:item'), ['/shops/', '/items/', '']);
  assert.deepEqual(pieces('/:a/:b/end'), ['/', '/', '/end']);
});

test('a path is filled with one value for each parameter', () => {
  const [, ...pieces] = splitRoute('/shops/:shop/items/:item/price');
  assert.equal(fillRoute(pieces, ['7', '12']), '7/items/12/price');
  for (const values of [undefined, '7', ['7'], ['7', '12', '13']])
    assert.throws(
      () => fillRoute(pieces, values),
      /^Error: the route has 2 parameters, but got (no|1|3) values$/,
    );
});
