import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import { type Pm2Process, parsePm2List, pm2Probe, pm2Sample, selectProcesses } from './pm2.ts';

const web = (id: number, parts: Partial<Pm2Process> = {}): Pm2Process => ({
  name: 'web',
  pm_id: id,
  monit: { memory: 1000 + id, cpu: 25 },
  pm2_env: { status: 'online', restart_time: id },
  ...parts,
});

describe('parsePm2List', () => {
  const list = [web(0), web(1)];
  const json = JSON.stringify(list);
  const outputs: [what: string, output: string][] = [
    ['alone', json],
    ['after log lines', `[PM2] Spawning PM2 daemon with pm2_home=/x\n[PM2][WARN] [] is odd\n${json}`],
    ['before log lines', `${json}\n>>>> In-memory PM2 is out-of-date, do:\n>>>> $ pm2 update\n`],
    ['after a log line on the same line', `\u001b[31m[PM2]\u001b[39m ${json}\n`],
  ];
  for (const [what, output] of outputs)
    test(`parsePm2List finds the process list ${what}`, () => {
      assert.deepEqual(parsePm2List(output), list);
    });

  test('parsePm2List returns an empty list if PM2 has no processes', () => {
    assert.deepEqual(parsePm2List('[PM2] Spawning\n[]'), []);
  });

  test('parsePm2List returns null if the output contains no list', () => {
    for (const output of ['', '[PM2] daemon', '[{"name": "cut']) assert.equal(parsePm2List(output), null);
  });
});

describe('the PM2 probe', () => {
  const all = [
    web(0),
    web(1),
    web(2, { name: 'worker' }),
    web(3, { name: 'pm2-logrotate', pm2_env: { pmx_module: true } }),
  ];

  test('the PM2 probe selects processes by name and ignores modules of PM2', () => {
    const ids = (names: string[]) => selectProcesses(all, names).map(({ pm_id }) => pm_id);
    assert.deepEqual(ids(['web']), [0, 1]);
    assert.deepEqual(ids(['worker', 'web']), [0, 1, 2]);
    assert.deepEqual(ids(['all']), [0, 1, 2]);
  });

  test('if no PM2 process has a configured name, the PM2 probe reports the name and the available names', () => {
    assert.throws(() => selectProcesses(all, ['web', 'shop']), {
      message: 'PM2 has no process named shop; available: web, worker',
    });
    assert.throws(() => selectProcesses([], ['shop']), {
      message: 'PM2 has no process named shop; available: none',
    });
  });

  test('a PM2 sample contains totals and the values of each process', () => {
    assert.deepEqual(pm2Sample([web(0), web(2, { pm2_env: { status: 'stopped', restart_time: 2 } })]), {
      processes: 2,
      online: 1,
      restarts: 2,
      cpuShare: 0.5,
      residentBytes: 2002,
      'web-0.cpuShare': 0.25,
      'web-0.residentBytes': 1000,
      'web-2.cpuShare': 0.25,
      'web-2.residentBytes': 1002,
    });
  });
});

test('if no PM2 daemon runs, the PM2 probe fails instead of starting a daemon', async (t) => {
  const home = temporaryFolder(t);
  await assert.rejects(pm2Probe(['all'], { PATH: process.env.PATH, PM2_HOME: home }).sample(), {
    message: `no PM2 daemon runs in ${home}`,
  });
});
