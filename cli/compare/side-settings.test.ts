import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeclaredVariable } from '../../lib/core/definition/index.ts';
import { problem } from '../testing/problem.ts';
import { assertSettable, parseSettings } from './side-settings.ts';

describe('parseSettings', () => {
  const cases: [text: string, settings: Record<string, string>][] = [
    ['DB_POOL_MAX=20', { DB_POOL_MAX: '20' }],
    ['DB_POOL_MAX=20,CACHE_MAX_ENTRIES=500', { DB_POOL_MAX: '20', CACHE_MAX_ENTRIES: '500' }],
    ['SHOP_IDS=1,2,3,DB_POOL_MAX=20', { SHOP_IDS: '1,2,3', DB_POOL_MAX: '20' }],
    ['TARGET_FAULTS=slow-ai:3000,small-pool', { TARGET_FAULTS: 'slow-ai:3000,small-pool' }],
    ['API_URL=http://127.0.0.1:4010/a=b', { API_URL: 'http://127.0.0.1:4010/a=b' }],
  ];
  for (const [text, settings] of cases)
    test(`parseSettings accepts ${text}`, () => assert.deepEqual(parseSettings(text), settings));

  for (const text of ['', 'DB_POOL_MAX', 'DB_POOL_MAX=', 'db_pool_max=3', ',DB_POOL_MAX=3'])
    test(`parseSettings rejects "${text}"`, () => assert.throws(() => parseSettings(text), /is not a setting/));
});

const declared: DeclaredVariable[] = [
  { name: 'API_KEY', kind: 'secret', description: 'key of the API', local: 'local-key' },
  { name: 'SHOP_IDS', kind: 'ids', description: 'shops that receive traffic', default: '1-50' },
];

for (const name of ['API_KEY', 'TARGET_DATABASE_URL', 'DATABASE_URL'])
  test(`assertSettable rejects the secret ${name} without repeating its value`, () => {
    assert.throws(
      () => assertSettable({ DB_POOL_MAX: '3', [name]: 'hidden' }, { apiUrl: null, environment: 'local' }, declared),
      problem(/is a secret/, { hides: 'hidden' }),
    );
  });

describe('assertSettable', () => {
  const pool = { DB_POOL_MAX: '20' };
  const apiUrl = 'http://127.0.0.1:1';
  test('assertSettable accepts settings of the reference service if the target is the reference service', () =>
    assertSettable(pool, { apiUrl: null, environment: 'local' }, []));
  test('assertSettable accepts API_URL and variables that the product declares', () =>
    assertSettable({ API_URL: apiUrl, SHOP_IDS: '7' }, { apiUrl, environment: 'staging' }, declared));
  test('assertSettable rejects settings of the reference service if the target is another service', () => {
    assert.throws(
      () => assertSettable(pool, { apiUrl, environment: 'local' }, declared),
      /DB_POOL_MAX would have no effect.*API_URL is set/,
    );
    assert.throws(
      () => assertSettable(pool, { apiUrl: null, environment: 'staging' }, []),
      /DB_POOL_MAX would have no effect.*TEST_ENV is set/,
    );
  });
});
