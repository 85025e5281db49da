import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pm2Probe } from '../cli/probes/pm2.ts';
import type { Sample } from '../cli/probes/probe.ts';
import { deadUrl } from '../cli/testing/environment.ts';
import { type CommandExit, eventually, ROOT, Sandbox } from './sandbox.ts';

const PM2 = path.join(ROOT, 'node_modules', 'pm2', 'bin', 'pm2');

const sandbox = new Sandbox({ outlivesTests: true });
const env = {
  PM2_HOME: sandbox.subfolder('pm2'),
  PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
  A_SECRET: 'pm2-secret-4711',
};

const pm2 = (...args: string[]): Promise<CommandExit> => sandbox.spawn(process.execPath, [PM2, ...args], { env }).exit;

const samplePm2 = (...names: string[]): Promise<Sample> => pm2Probe(names, { ...sandbox.env, ...env }).sample();

/** Waits until PM2 reports a sample with these values. */
const sampleWith = (names: string[], columns: Sample): Promise<Sample> =>
  eventually(`sample with ${JSON.stringify(columns)}`, async () => {
    const sample = await samplePm2(...names);
    return Object.entries(columns).every(([column, value]) => sample[column] === value) && sample;
  });

/** Kills a process with SIGKILL, like the kernel does if memory runs out. */
async function crash(pattern: RegExp): Promise<void> {
  const victim = sandbox.processes().find(({ command }) => pattern.test(command));
  assert.ok(victim, `no process matches ${pattern}: ${JSON.stringify(sandbox.processes())}`);
  process.kill(victim.pid, 'SIGKILL');
}

describe('PM2 probe with a real daemon', () => {
  before(async () => {
    const apps = [
      {
        name: 'booking',
        script: path.join(ROOT, 'reference-service', 'main.ts'),
        interpreter: process.execPath,
        exec_mode: 'fork',
        kill_timeout: 10_000,
      },
      {
        name: 'app',
        script: path.join(import.meta.dirname, 'pm2-app.ts'),
        interpreter: 'node',
        exec_mode: 'cluster',
        instances: 2,
        env: { PORT: new URL(await deadUrl()).port },
      },
    ];
    const file = path.join(sandbox.folder, 'apps.json');
    writeFileSync(file, JSON.stringify({ apps }));
    const started = await pm2('start', file);
    assert.equal(started.code, 0, started.stdout + started.stderr);
  });
  after(async () => {
    await pm2('kill');
  });

  test('the PM2 probe samples an app in fork mode and counts its restart', async () => {
    const sample = await sampleWith(['booking'], { processes: 1, online: 1, restarts: 0 });
    assert.ok(Number(sample.residentBytes) > 10 * 1024 ** 2);
    assert.equal(sample['booking-0.residentBytes'], sample.residentBytes);
    assert.equal(sample['booking-0.cpuShare'], sample.cpuShare);
    await crash(/reference-service\/main\.ts/);
    await sampleWith(['booking'], { processes: 1, online: 1, restarts: 1 });
  });

  test('the PM2 probe samples all instances of an app in cluster mode and counts the restart of one instance', async () => {
    const sample = await sampleWith(['app'], { processes: 2, online: 2, restarts: 0 });
    assert.ok(Number(sample['app-1.residentBytes']) > 10 * 1024 ** 2);
    assert.equal(sample.residentBytes, Number(sample['app-1.residentBytes']) + Number(sample['app-2.residentBytes']));
    await crash(/pm2-app\.ts/);
    await sampleWith(['app'], { processes: 2, online: 2, restarts: 1 });
  });

  test('the PM2 probe samples all processes and records only numbers', async () => {
    const sample = await samplePm2('all');
    assert.equal(sample.processes, 3);
    for (const [column, value] of Object.entries(sample)) {
      assert.equal(typeof value, 'number', column);
      assert.match(column, /^(\w+|\w+-\d\.\w+)$/);
    }
  });

  test('the PM2 probe lists the available processes if the configured process does not exist', async () => {
    await assert.rejects(samplePm2('shop'), {
      message: 'PM2 has no process named shop; available: booking, app',
    });
  });

  test('the PM2 probe does not restart a PM2 daemon that has stopped', async () => {
    await pm2('kill');
    await assert.rejects(samplePm2('all'), { message: `no PM2 daemon runs in ${env.PM2_HOME}` });
    await sandbox.assertNothingRuns();
  });
});
