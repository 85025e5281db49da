import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goSettings } from './go-settings.ts';

test("GOGC is high for few VUs, and slightly below Go's default for many VUs", () => {
  const gogc = (vus: number) => Number(goSettings({}, vus).GOGC);
  assert.equal(gogc(0), 400);
  assert.ok(gogc(100) < gogc(10) && gogc(500) < gogc(100));
  assert.equal(gogc(100_000), 75);
});

test('the memory limit is divided among the k6 processes', () => {
  const bytes = (processes: number) => Number.parseInt(goSettings({}, 500, processes).GOMEMLIMIT, 10);
  assert.ok(Math.abs(4 * bytes(4) - bytes(1)) <= 4);
  assert.ok(Number(goSettings({}, 10, 4).GOGC) < Number(goSettings({}, 10).GOGC));
});

test('GOGC and GOMEMLIMIT keep the values that the user has set', () => {
  assert.deepEqual(goSettings({ GOGC: '50', GOMEMLIMIT: '1GiB' }, 10), { GOGC: '50', GOMEMLIMIT: '1GiB' });
});
