import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { isAcceptable, K6_RANGE, parseK6Version } from './version.ts';

const TIMEOUT_MS = 10_000;

export type Probe = { ok: true; version: string } | { ok: false; problem: string };

const SPAWN_PROBLEMS: Record<string, string> = {
  EACCES: 'is not executable',
  ENOENT: 'does not start: its interpreter or loader is missing',
  ENOEXEC: 'is not a program for this system',
  ETXTBSY: 'is being written by another process',
};

/** Runs `<path> version`; the problem is a phrase that continues the path: "is k6 0.49.0, …". */
export async function probeK6(path: string): Promise<Probe> {
  const info = await stat(path).catch(() => null);
  if (!info) return { ok: false, problem: 'does not exist' };
  if (!info.isFile()) return { ok: false, problem: 'is not a file' };
  const ran = await runVersion(path);
  if ('problem' in ran) return { ok: false, problem: ran.problem };
  const version = parseK6Version(ran.output);
  if (!version) return { ok: false, problem: `is not k6: "version" printed ${quoteFirstLine(ran.output)}` };
  if (!isAcceptable(version)) return { ok: false, problem: `is k6 ${version.text}, needed is ${K6_RANGE}` };
  return { ok: true, version: version.text };
}

function runVersion(path: string): Promise<{ output: string } | { problem: string }> {
  return new Promise((resolve) => {
    execFile(path, ['version'], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (!error) return resolve({ output: stdout });
      if (error.killed) return resolve({ problem: `did not answer "version" within ${TIMEOUT_MS / 1000} s` });
      const known = typeof error.code === 'string' ? SPAWN_PROBLEMS[error.code] : undefined;
      if (known) return resolve({ problem: known });
      const how = error.signal ? `was ended by ${error.signal}` : `exited with ${error.code}`;
      resolve({
        problem: `is no working k6: "version" ${how} and printed ${quoteFirstLine(stderr || stdout)}`,
      });
    });
  });
}

function quoteFirstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line ? `"${line.slice(0, 120)}"` : 'nothing';
}
