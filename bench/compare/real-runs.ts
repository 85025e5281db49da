import path from 'node:path';
import { runSettings } from '../../cli/commands/settings.ts';
import { type ComparedTarget, runInOrder } from '../../cli/compare/interleave.ts';
import { runsIn } from '../../cli/results/find.ts';
import { readResult, runFilePath } from '../../cli/results/run-folder.ts';
import type { Interruption } from '../../cli/run/interruption.ts';
import { openTerminal } from '../../cli/support/terminal.ts';

/**
 * Time in ms for which the reference service holds a database connection per request. The response time consists mostly
 * of this time.
 */
const HOLD_MS = 116;

const contender = (slowerBy: number): Omit<ComparedTarget, 'settings'> => ({
  name: slowerBy === 0 ? 'unchanged' : `slower by ${slowerBy * 100} %`,
  variables: { DB_QUERY_HOLD_MS: String(Math.round(HOLD_MS * (1 + slowerBy))) },
});

export const CONTENDERS = { same: contender(0), tenth: contender(0.1), fifth: contender(0.2) } as const;
export type ContenderName = keyof typeof CONTENDERS;

/**
 * Order of the runs. The variants of the service take turns, so that changes in the load of the machine affect all
 * variants. Eight runs of one variant allow 280 different comparisons of three runs with three runs.
 */
const ORDER: readonly ContenderName[] = [
  ...Array.from({ length: 3 }, () => ['same', 'fifth', 'same', 'tenth'] as const).flat(),
  'same',
  'same',
];

const LOAD = {
  TIME_SCALE: '0.025',
  VUS_SCALE: '0.5',
  TEST_ENV: 'local',
  API_URL: '',
  DATABASE_URL: '',
  TARGET_FAULTS: '',
};

/**
 * Returns the run folders of each variant of the service. Runs the tests first if the results folder contains no runs.
 */
export async function realRuns(
  place: { results: string; data: string },
  interruption: Interruption,
): Promise<Record<ContenderName, string[]>> {
  if ((await runsIn(place.results)).length === 0) {
    const env = { ...process.env, ...LOAD, TARGET_DATA_DIR: place.data };
    const targets = new Map(
      Object.entries(CONTENDERS).map(([name, contender]) => [
        name,
        { ...contender, settings: runSettings({ ...env, ...contender.variables }, false) },
      ]),
    );
    const order = ORDER.map((name) => targets.get(name) as ComparedTarget);
    await runInOrder(
      order,
      { test: 'booking/peak', labels: {}, keepData: true, results: place.results },
      interruption,
      openTerminal({ isWatched: true }),
    );
  }
  const folders: Record<ContenderName, string[]> = { same: [], tenth: [], fifth: [] };
  for (const { folder } of await runsIn(place.results)) {
    const { run } = await readResult(runFilePath(folder, 'result'));
    for (const [name, { variables }] of Object.entries(CONTENDERS))
      if (run.labels.DB_QUERY_HOLD_MS === variables.DB_QUERY_HOLD_MS)
        folders[name as ContenderName].push(path.resolve(folder));
  }
  return folders;
}
