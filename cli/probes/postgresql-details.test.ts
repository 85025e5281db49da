import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { postgresqlDetails } from './postgresql-details.ts';
import type { IndexCounters, Snapshot, StatementCounters } from './postgresql-snapshot.ts';

const counters = { commits: 100, rollbacks: 5, deadlocks: 1, blocksHit: 900, blocksRead: 100 };

const snapshotOf = (parts: Partial<Snapshot> = {}): Snapshot => ({
  version: '18.4',
  maxConnections: 120,
  seesAll: true,
  counters,
  statements: null,
  indexes: new Map(),
  ...parts,
});

const statement = (parts: Partial<StatementCounters> = {}): StatementCounters => ({
  query: 'SELECT 1',
  calls: 10,
  totalMs: 50,
  maxMs: 9,
  ...parts,
});

const index = (parts: Partial<IndexCounters> = {}): IndexCounters => ({
  name: 'idx_items',
  table: 'items',
  scans: 10,
  blocksHit: 30,
  blocksRead: 10,
  sizeBytes: 8192,
  ...parts,
});

const queriesOf = (before: Record<string, StatementCounters>, after: Record<string, StatementCounters>) =>
  postgresqlDetails(
    snapshotOf({ statements: new Map(Object.entries(before)) }),
    snapshotOf({ statements: new Map(Object.entries(after)) }),
  ).queries;

describe('counters of a database', () => {
  test('database counters are the differences between the snapshots at the start and end of a run', () => {
    const after = { commits: 160, rollbacks: 5, deadlocks: 3, blocksHit: 990, blocksRead: 110 };
    assert.deepEqual(postgresqlDetails(snapshotOf(), snapshotOf({ counters: after })), {
      version: '18.4',
      maxConnections: 120,
      cacheHitRate: 0.9,
      commits: 60,
      rollbacks: 0,
      deadlocks: 2,
      queries: null,
      indexes: [],
    });
  });

  test('database counters start at zero if the server reset them during the run', () => {
    const after = { commits: 7, rollbacks: 0, deadlocks: 0, blocksHit: 3, blocksRead: 1 };
    const { commits, rollbacks, cacheHitRate } = postgresqlDetails(snapshotOf(), snapshotOf({ counters: after }));
    assert.deepEqual({ commits, rollbacks, cacheHitRate }, { commits: 7, rollbacks: 0, cacheHitRate: 0.75 });
  });

  test('the hit rate of a database is null if it read no blocks', () => {
    assert.equal(postgresqlDetails(snapshotOf(), snapshotOf()).cacheHitRate, null);
  });
});

describe('queries', () => {
  test('the query list contains the queries that ran, sorted by share of the total query time', () => {
    const queries = queriesOf(
      { a: statement(), b: statement({ query: 'SELECT 2' }), idle: statement({ query: 'SELECT 3' }) },
      {
        a: statement({ calls: 12, totalMs: 70, maxMs: 15 }),
        b: statement({ query: 'SELECT 2', calls: 20, totalMs: 110 }),
        idle: statement({ query: 'SELECT 3' }),
        fresh: statement({ query: 'SELECT 4', calls: 4, totalMs: 120, maxMs: 80 }),
      },
    );
    assert.deepEqual(queries, [
      { query: 'SELECT 4', calls: 4, meanMs: 30, maxMs: 80, share: 0.6 },
      { query: 'SELECT 2', calls: 10, meanMs: 6, maxMs: null, share: 0.3 },
      { query: 'SELECT 1', calls: 2, meanMs: 10, maxMs: 15, share: 0.1 },
    ]);
  });

  test('query counters start at zero if the query was evicted between the snapshots', () => {
    assert.deepEqual(queriesOf({ a: statement() }, { a: statement({ calls: 4, totalMs: 8, maxMs: 3 }) }), [
      { query: 'SELECT 1', calls: 4, meanMs: 2, maxMs: 3, share: 1 },
    ]);
  });

  test('the query list contains at most 20 queries', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}`, statement()]));
    const queries = queriesOf({}, many);
    assert.equal(queries?.length, 20);
    assert.equal(queries?.[0]?.share, 1 / 30, 'of all queries, not only of those that are shown');
  });

  const texts: [what: string, query: string, kept: string][] = [
    ['white space is collapsed', '  SELECT a,\n\t\tb  FROM c ', 'SELECT a, b FROM c'],
    ['quoted values are removed', "ALTER ROLE app PASSWORD 'it''s secret'", "ALTER ROLE app PASSWORD '…'"],
    ['a long text is truncated', `SELECT ${'a'.repeat(400)}`, `SELECT ${'a'.repeat(292)}…`],
  ];
  for (const [what, query, kept] of texts)
    test(`a query text is normalized: ${what}`, () => {
      assert.equal(queriesOf({}, { a: statement({ query }) })?.[0]?.query, kept);
    });
});

describe('indexes', () => {
  test('the index list is sorted by the number of scans between the snapshots', () => {
    const { indexes } = postgresqlDetails(
      snapshotOf({ indexes: new Map([['1', index({ sizeBytes: null })]]) }),
      snapshotOf({
        indexes: new Map([
          ['1', index({ scans: 12, blocksHit: 33, blocksRead: 11, sizeBytes: 16_384 })],
          ['2', index({ name: 'idx_new', scans: 40 })],
        ]),
      }),
    );
    assert.deepEqual(indexes, [
      { name: 'idx_new', table: 'items', scans: 40, hitRate: 0.75, sizeBytes: 8192 },
      { name: 'idx_items', table: 'items', scans: 2, hitRate: 0.75, sizeBytes: 16_384 },
    ]);
  });

  test('the index list includes unused indexes, with a hit rate of null', () => {
    const same = new Map([['1', index()]]);
    const { indexes } = postgresqlDetails(snapshotOf({ indexes: same }), snapshotOf({ indexes: same }));
    assert.deepEqual(
      indexes.map(({ scans, hitRate }) => ({ scans, hitRate })),
      [{ scans: 0, hitRate: null }],
    );
  });
});
