import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, withTimeout } from './connection.ts';

const TIMEOUT_MS = 5000;

/**
 * Creates a fake kind of connection: the connections are the numbers 1, 2, 3, …, and open and closed connections are
 * recorded.
 */
function numbered() {
  const log: string[] = [];
  let opened = 0;
  let lose = () => {};
  const connection = new Connection<number>({
    async open(lost) {
      lose = lost;
      log.push(`open ${++opened}`);
      return opened;
    },
    async end(number) {
      log.push(`end ${number}`);
    },
  });
  return { connection, log, lose: () => lose() };
}

test('the lazy connection: use() opens the connection once, and close() ends the connection', async () => {
  const { connection, log } = numbered();
  assert.equal(await connection.use(TIMEOUT_MS, async (number) => number), 1);
  assert.equal(await connection.use(TIMEOUT_MS, async (number) => number), 1);
  await connection.close();
  await connection.close();
  assert.deepEqual(log, ['open 1', 'end 1']);
});

test('the lazy connection: use() opens a new connection after the work failed or the connection was lost', async () => {
  const { connection, log, lose } = numbered();
  await assert.rejects(
    connection.use(TIMEOUT_MS, async () => {
      throw new Error('busy');
    }),
    { message: 'busy' },
  );
  assert.equal(await connection.use(TIMEOUT_MS, async (number) => number), 2);
  lose();
  await sleep(0);
  assert.equal(await connection.use(TIMEOUT_MS, async (number) => number), 3);
  assert.deepEqual(log, ['open 1', 'end 1', 'open 2', 'end 2', 'open 3']);
});

test('the lazy connection: use() rejects if the work does not finish within the timeout', async () => {
  const { connection, log } = numbered();
  await assert.rejects(
    connection.use(20, () => sleep(60_000, undefined, { ref: false })),
    { message: 'no response within 0.02 s' },
  );
  assert.deepEqual(log, ['open 1', 'end 1']);
});

test('the lazy connection: if opening fails, the next call of use() tries to open it again', async () => {
  let tries = 0;
  const connection = new Connection<string>({
    async open() {
      tries += 1;
      if (tries === 1) throw new Error('connection refused');
      return 'connection';
    },
    end: async () => {},
  });
  await assert.rejects(
    connection.use(TIMEOUT_MS, async (opened) => opened),
    { message: 'connection refused' },
  );
  assert.equal(await connection.use(TIMEOUT_MS, async (opened) => opened), 'connection');
});

test('withTimeout returns the result or throws the error of work that ends within the timeout', async () => {
  assert.equal(await withTimeout(TIMEOUT_MS, Promise.resolve(1)), 1);
  await assert.rejects(withTimeout(TIMEOUT_MS, Promise.reject(new Error('no'))), { message: 'no' });
});
