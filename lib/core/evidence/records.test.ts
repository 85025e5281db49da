import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointFigures, repeat } from '../testing/evidence.ts';
import { cleanUpFigures, damagedCount, ledgerFigures, mergeCounts, remainingRecords } from './records.ts';

const CREATE = { name: 'POST /orders', expectedStatus: 201, creates: 'order' };
const kept = { removed: null, note: null };

test('created records exclude errors, refusals and tolerated statuses', () => {
  const planned = { ...CREATE, toleratedStatuses: [409], refusals: [429] };
  const figures = {
    ...endpointFigures(CREATE.name, { values: repeat(100, 10), errors: 5 }),
    statuses: { 201: 62, 409: 3, 429: 30, 500: 5 },
    refusals: { 429: 30 },
  };
  assert.deepEqual(cleanUpFigures({ endpoints: [planned] }, [figures], kept), {
    created: { order: 62 },
    ...kept,
  });
});

test('created records are summed over all endpoints that create the same kind of record', () => {
  const endpoints = [
    CREATE,
    { ...CREATE, name: 'PUT /orders/:id' },
    { ...CREATE, name: 'POST /carts', creates: 'cart' },
  ];
  const figures = [CREATE.name, 'PUT /orders/:id'].map((name) => endpointFigures(name, { values: repeat(4, 10) }));
  const unused = endpointFigures('POST /carts', { values: [] });
  assert.deepEqual(cleanUpFigures({ endpoints }, [...figures, unused], kept)?.created, { order: 8, cart: 0 });
});

test('a test without creating endpoints has no cleanup figures', () => {
  const reading = { name: 'GET /items/:id', expectedStatus: 200 };
  assert.equal(cleanUpFigures({ endpoints: [reading] }, [endpointFigures(reading.name, { values: [10] })], kept), null);
});

test('remaining records are those that were created but not removed', () => {
  const created = { order: 8, cart: 2, note: 1 };
  assert.deepEqual(remainingRecords({ created, removed: { order: 5, cart: 3, line: 9 }, note: null }), {
    order: 3,
    note: 1,
  });
  assert.deepEqual(remainingRecords({ created, removed: null, note: null }), created);
});

test('mergeCounts adds up the counts of each kind', () => {
  assert.deepEqual(mergeCounts({ order: 5, cart: 1 }, { order: 3, line: 2 }), { order: 8, cart: 1, line: 2 });
});

const whole = (complete: number) => ({ complete, incomplete: 0, duplicates: 0 });

const ENDPOINTS = [
  { name: 'POST /orders', expectedStatus: 201, creates: 'order' },
  { name: 'GET /orders/:id', expectedStatus: 200 },
];

const cases = [
  { situation: 'all records exist', found: whole(20), lost: 0, damage: 0 },
  { situation: 'some records are missing', found: whole(17), lost: 3, damage: 3 },
  { situation: 'all records are missing', found: undefined, lost: 20, damage: 20 },
  {
    situation: 'an incomplete record is not lost',
    found: { complete: 18, incomplete: 2, duplicates: 0 },
    lost: 0,
    damage: 2,
  },
  {
    situation: 'a duplicate does not make up for a lost record',
    found: { complete: 20, incomplete: 0, duplicates: 1 },
    lost: 1,
    damage: 2,
  },
  { situation: 'more records exist than were acknowledged', found: whole(21), lost: 0, damage: 0 },
];

for (const { situation, found, lost, damage } of cases) {
  test(`ledger comparison: ${situation}`, () => {
    const { order } = ledgerFigures({ order: 20 }, found ? { order: found, cart: whole(4) } : {}, ENDPOINTS);
    assert.ok(order);
    assert.deepEqual(order.endpoints, ['POST /orders']);
    assert.equal(order.acknowledged, 20);
    assert.equal(order.lost, lost);
    assert.equal(damagedCount(order), damage);
  });
}

test('the ledger contains only kinds of records that the run creates', () => {
  const figures = ledgerFigures({ order: 1, cart: 0 }, { note: whole(3) }, ENDPOINTS);
  assert.deepEqual(Object.keys(figures), ['order', 'cart']);
});
