import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import pg from 'pg';
import { postgresqlProbe, sessionUrl } from '../cli/probes/postgresql.ts';
import type { Probe } from '../cli/probes/probe.ts';
import type { PostgresqlDetails } from '../lib/core/evidence/index.ts';
import { dataFolder, eventually, TestTarget } from '../reference-service/testing/target.ts';

/** All indexes of the booking schema except primary keys. */
const INDEXES = [
  'idx_ai_analytics_salon_id',
  'idx_ai_analytics_timestamp',
  'idx_bookings_customer_phone',
  'idx_bookings_datetime',
  'idx_bookings_salon_id',
  'idx_conversations_salon_phone',
  'idx_conversations_status',
  'idx_messages_salon_id',
  'idx_messages_timestamp',
  'idx_queue_jobs_salon_id',
  'idx_queue_jobs_status',
  'idx_salons_email',
  'idx_salons_phone',
];

let target: TestTarget;
before(async () => {
  target = await new TestTarget({ TARGET_DATA_DIR: dataFolder() }).ready();
});
after(() => target?.stop());

function probeOf(t: TestContext, url = target.databaseUrl): { probe: Probe; notes: string[] } {
  const notes: string[] = [];
  const probe = postgresqlProbe(url, (text) => notes.push(text));
  t.after(() => probe.close());
  return { probe, notes };
}

async function session(t: TestContext, url = target.databaseUrl): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.end());
  return client;
}

function withUser(user: string, password: string): string {
  const url = new URL(target.databaseUrl);
  url.username = user;
  url.password = password;
  return url.href;
}

async function detailsOf(probe: Probe): Promise<PostgresqlDetails> {
  const details = (await probe.details?.())?.postgresql;
  assert.ok(details);
  return details;
}

describe('a sample', () => {
  test('the PostgreSQL probe counts database sessions by state, except its own session', async (t) => {
    const { probe, notes } = probeOf(t);
    const before = await probe.sample();
    const [sleeping, inTransaction] = [await session(t), await session(t)];
    const asleep = sleeping.query('SELECT pg_sleep(60)').catch(() => {});
    await inTransaction.query('BEGIN');
    const during = await eventually(async () => {
      const sample = await probe.sample();
      return sample.active === Number(before.active) + 1 && sample;
    });
    assert.equal(during.idleInTransaction, 1);
    assert.equal(during.connections, Number(before.connections) + 2);
    assert.equal(during.maxConnections, 120);
    await inTransaction.query('SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE $1', [
      'SELECT pg_sleep(60)',
    ]);
    await asleep;
    assert.deepEqual(notes, []);
  });

  test('the PostgreSQL probe counts deadlocks and database sessions that wait for a lock', async (t) => {
    const { probe } = probeOf(t);
    const { deadlocks } = await probe.sample();
    const [first, second] = [await session(t), await session(t)];
    for (const client of [first, second]) await client.query("BEGIN; SET LOCAL deadlock_timeout = '2s'");
    await first.query('SELECT pg_advisory_xact_lock(1)');
    await second.query('SELECT pg_advisory_xact_lock(2)');
    const outcomes = [first.query('SELECT pg_advisory_xact_lock(2)')];
    await eventually(async () => (await probe.sample()).waitingForLock === 1);
    outcomes.push(second.query('SELECT pg_advisory_xact_lock(1)'));
    const failed = (await Promise.allSettled(outcomes)).filter(({ status }) => status === 'rejected');
    assert.equal(failed.length, 1, 'PostgreSQL ends one of the two');
    await Promise.all([first, second].map((client) => client.query('ROLLBACK')));
    await eventually(async () => (await probe.sample()).deadlocks === Number(deadlocks) + 1);
    assert.equal((await detailsOf(probe)).deadlocks, 1);
  });

  test('the PostgreSQL probe takes each sample with a single query', async (t) => {
    const { probe } = probeOf(t);
    await probe.sample();
    const client = await session(t);
    const calls = async () => {
      const { rows } = await client.query<{ calls: number }>(
        "SELECT sum(calls)::int AS calls FROM pg_stat_statements WHERE query LIKE '%/* load-suite */%' AND query NOT LIKE '%sum(calls)%'",
      );
      return rows[0]?.calls ?? 0;
    };
    const before = await calls();
    await probe.sample();
    assert.equal(await calls(), before + 1);
  });
});

describe('the session of the probe', () => {
  test('the session of the PostgreSQL probe is named, read-only and limited by a timeout, regardless of the URL', async (t) => {
    const url = `${target.databaseUrl}?options=-c%20default_transaction_read_only%3Doff%20-c%20work_mem%3D1MB&application_name=shop`;
    const client = await session(t, sessionUrl(url));
    const { rows } = await client.query(
      "SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout, current_setting('work_mem') AS memory",
    );
    assert.deepEqual(rows, [{ name: 'load-suite', timeout: '2s', memory: '1MB' }]);
    await assert.rejects(client.query('CREATE TABLE left_behind ()'), /read-only transaction/);
  });

  test('the PostgreSQL probe reconnects after its session was terminated', async (t) => {
    const { probe, notes } = probeOf(t);
    await probe.sample();
    const client = await session(t);
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'load-suite'");
    await eventually(() =>
      probe.sample().then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual(notes, []);
  });

  test('the PostgreSQL probe reconnects after the database server was down', async (t) => {
    const { probe } = probeOf(t);
    const { commits } = await probe.sample();
    await target.fault('PUT', 'database-outage', 0);
    t.after(() => target.fault('DELETE', 'database-outage'));
    await assert.rejects(probe.sample(), (error: Error) => /ECONNREFUSED|terminat/.test(error.message));
    await target.fault('DELETE', 'database-outage');
    const sample = await eventually(() => probe.sample().catch(() => false as const));
    assert.ok(Number(sample.commits) > 0 && Number(commits) > 0);
  });

  test('the PostgreSQL probe reports a refused connection without showing the password', async (t) => {
    const { probe } = probeOf(t, withUser('postgres', 'not-the-password'));
    await assert.rejects(probe.sample(), { message: 'password authentication failed for user "postgres"' });
    assert.deepEqual(await probe.details?.(), {}, 'there are no details of a database that was never reached');
  });
});

describe('details', () => {
  let details: PostgresqlDetails;
  before(async () => {
    for (let i = 0; i < 5; i++) await target.get('/admin/stats/7');
    const probe = postgresqlProbe(target.databaseUrl, () => {});
    await probe.sample();
    for (let i = 0; i < 10; i++) await target.get('/admin/bookings/7');
    // Wait, then query again: a PostgreSQL process reports statistics at most once per second, when it becomes active.
    details = await eventually(async () => {
      await target.get('/admin/bookings/7');
      const current = await detailsOf(probe);
      return current.indexes.some(({ name, scans }) => name === 'idx_bookings_salon_id' && scans >= 10) && current;
    }, 20_000);
    await probe.close();
  });

  test('database details rank the normalized queries of a run by their share of the total query time', () => {
    const { queries } = details;
    assert.ok(queries && queries.length > 1);
    const shares = queries.map(({ share }) => share);
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => b - a),
    );
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 0.05);
    const [hold] = queries;
    assert.match(hold?.query ?? '', /^SELECT pg_sleep\(\$1/);
    const bookings = queries.find(({ query }) => /FROM bookings WHERE salon_id = \$1/.test(query));
    assert.ok(bookings && bookings.calls >= 10 && bookings.meanMs > 0 && (bookings.maxMs ?? 0) > 0);
    for (const { query } of queries) {
      assert.ok(query.length <= 300 && !/\s\s|\n/.test(query), query);
      assert.ok(!query.includes('load-suite */'), 'queries of the probe are left out');
    }
  });

  test('database details omit queries that were executed only before the run', () => {
    assert.ok(!details.queries?.some(({ query }) => /FROM conversations WHERE|CREATE TABLE/.test(query)));
  });

  test('database details show how often each index was used during the run', () => {
    const ofBooking = details.indexes.filter(({ name }) => name.startsWith('idx_'));
    assert.deepEqual(ofBooking.map(({ name }) => name).sort(), INDEXES);
    const used = details.indexes.find(({ name }) => name === 'idx_bookings_salon_id');
    assert.equal(used?.table, 'load_suite.bookings');
    assert.ok(used && used.scans >= 10 && used.sizeBytes > 8192 && (used.hitRate ?? 0) > 0.5);
    assert.equal(details.indexes.find(({ name }) => name === 'idx_ai_analytics_timestamp')?.scans, 0);
  });

  test('database details contain the PostgreSQL counters of the run', () => {
    assert.match(details.version, /^18\./);
    assert.equal(details.maxConnections, 120);
    assert.ok(details.cacheHitRate && details.cacheHitRate > 0.5 && details.cacheHitRate <= 1);
    assert.ok(details.commits >= 10);
    assert.equal(details.rollbacks, 0);
  });
});

describe('a role without pg_monitor', () => {
  before(async () => {
    const client = new pg.Client({ connectionString: target.databaseUrl });
    await client.connect();
    await client.query("CREATE ROLE watcher LOGIN PASSWORD 'watch-4711'");
    await client.end();
  });

  test('without pg_monitor, the PostgreSQL probe only counts sessions, and notes this limitation once', async (t) => {
    const { probe, notes } = probeOf(t, withUser('watcher', 'watch-4711'));
    for (let i = 0; i < 2; i++) {
      const sample = await probe.sample();
      assert.ok(Number(sample.connections) > 1);
      assert.equal(sample.active, null);
      assert.equal(sample.waitingForLock, null);
      assert.ok(Number(sample.commits) > 0);
    }
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /not a member of pg_monitor/);
    await target.get('/admin/bookings/7');
    const { queries } = await detailsOf(probe);
    assert.deepEqual(
      queries?.map(({ query, share }) => ({ query, share })),
      [{ query: '<insufficient privilege>', share: 1 }],
    );
  });

  test('the PostgreSQL probe samples all values after its role becomes a member of pg_monitor', async (t) => {
    const client = await session(t);
    await client.query('GRANT pg_monitor TO watcher');
    const { probe, notes } = probeOf(t, withUser('watcher', 'watch-4711'));
    assert.ok(Number((await probe.sample()).idle) > 1);
    assert.deepEqual(notes, []);
  });
});

test('without pg_stat_statements, database details lack queries but contain everything else', async (t) => {
  const client = await session(t);
  await client.query('DROP EXTENSION pg_stat_statements');
  const { probe, notes } = probeOf(t);
  await probe.sample();
  const { queries, indexes } = await detailsOf(probe);
  assert.equal(queries, null);
  assert.ok(indexes.length > INDEXES.length);
  assert.deepEqual(notes, []);
});
