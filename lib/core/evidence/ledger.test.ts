import assert from 'node:assert/strict';
import { test } from 'node:test';
import { damageOf, ledgerFigures } from './ledger.ts';

const whole = (complete: number) => ({ complete, incomplete: 0, duplicates: 0 });

const ENDPOINTS = [
  { name: 'POST /orders', expectedStatus: 201, creates: 'order' },
  { name: 'GET /orders/:id', expectedStatus: 200 },
];

const cases = [
  { of: 'all are there', found: whole(20), lost: 0, damage: 0 },
  { of: 'some are not there', found: whole(17), lost: 3, damage: 3 },
  { of: 'none is there', found: undefined, lost: 20, damage: 20 },
  {
    of: 'a half-written one is there, and is not lost',
    found: { complete: 18, incomplete: 2, duplicates: 0 },
    lost: 0,
    damage: 2,
  },
  {
    of: 'one that is there twice does not stand in for another',
    found: { complete: 20, incomplete: 0, duplicates: 1 },
    lost: 1,
    damage: 2,
  },
  { of: 'more are there than were acknowledged', found: whole(21), lost: 0, damage: 0 },
];

for (const { of, found, lost, damage } of cases) {
  test(`ledger: ${of}`, () => {
    const { order } = ledgerFigures({ order: 20 }, found ? { order: found, cart: whole(4) } : {}, ENDPOINTS);
    assert.ok(order);
    assert.deepEqual(order.endpoints, ['POST /orders']);
    assert.equal(order.acknowledged, 20);
    assert.equal(order.lost, lost);
    assert.equal(damageOf(order), damage);
  });
}

test('ledger: only kinds that the run creates are in it', () => {
  const figures = ledgerFigures({ order: 1, cart: 0 }, { note: whole(3) }, ENDPOINTS);
  assert.deepEqual(Object.keys(figures), ['order', 'cart']);
});
