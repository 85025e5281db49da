import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FULL_SCALE, type TestPlan } from '../../lib/core/definition/index.ts';
import type { RunStart } from '../results/run-folder.ts';
import { TESTS } from '../support/config.ts';
import { ROOT } from '../support/paths.ts';
import type { Target } from './preflight.ts';

const execute = promisify(execFile);

/** Returns everything that is known about a run before the load begins. */
export async function describeRun(
  plan: TestPlan,
  { environment, url, startedForRun: ownTarget, settings }: Target,
  labels: Record<string, string>,
  k6Version: string,
): Promise<RunStart> {
  const now = new Date();
  const [commit, testsCommit, suite] = await Promise.all([commitOf(ROOT), commitOf(TESTS), suiteVersion()]);
  const { kind, model, peakVUs, durationMs, phases } = plan.workload;
  return {
    plan,
    ownTarget,
    run: {
      id: newRunId(now),
      product: plan.product,
      test: plan.test,
      description: plan.description,
      environment,
      target: url,
      ...(settings && { targetSettings: settings }),
      labels,
      workload: { kind, model, peakVUs, durationMs, phases },
      scale: plan.scale,
      scaled: plan.scale.time !== FULL_SCALE.time || plan.scale.vus !== FULL_SCALE.vus,
      seed: plan.seed,
      ...(plan.assess && { assess: plan.assess }),
      startedAt: now.toISOString(),
      versions: { suite, k6: k6Version, node: process.versions.node },
      commits: { suite: commit, tests: testsCommit, service: null },
      host: { platform: process.platform, cores: availableParallelism(), memoryBytes: totalmem() },
    },
  };
}

/**
 * Creates the ID of a run, such as `20250118T143000Z-3f9a2c`. Run IDs sort by time; a random suffix distinguishes runs
 * of the same second.
 */
export function newRunId(now: Date): string {
  const utc = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${utc}-${randomBytes(3).toString('hex')}`;
}

async function commitOf(folder: string): Promise<string | null> {
  try {
    return (await execute('git', ['rev-parse', 'HEAD'], { cwd: folder })).stdout.trim();
  } catch {
    return null;
  }
}

async function suiteVersion(): Promise<string> {
  const manifest = await readFile(path.join(ROOT, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
