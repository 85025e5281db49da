import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { codeOf, Problem } from '../problem.ts';

interface Holder {
  pid: number;
  test: string;
  startedAt: string;
}

/**
 * One run at a time on a machine: two would measure each other. A lock whose process is gone is taken over.
 * @throws Problem that names the run that is going on
 */
export function lockMachine(test: string): Disposable {
  const file = path.join(tmpdir(), `load-suite-${userInfo().uid}.lock`);
  const mine: Holder = { pid: process.pid, test, startedAt: new Date().toISOString() };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
      return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder && isAlive(holder.pid))
      throw new Problem(
        `Another run is going on: ${holder.test} (process ${holder.pid}, since ${holder.startedAt}). Two at once would measure each other: wait for it, or stop it.`,
      );
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
