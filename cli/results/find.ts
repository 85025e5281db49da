import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../support/problem.ts';
import { isRunFolder } from './run-folder.ts';

/** The folder of a run, and the product, test and ID of the run. */
export interface RunLocation {
  product: string;
  test: string;
  id: string;
  folder: string;
}

/** Returns all runs in a results folder, the newest last. Runs without a result are included. */
export async function runsIn(base: string): Promise<RunLocation[]> {
  const runs: RunLocation[] = [];
  for (const product of await foldersIn(base)) {
    for (const test of await foldersIn(path.join(base, product))) {
      for (const id of await foldersIn(path.join(base, product, test))) {
        const folder = path.join(base, product, test, id);
        if (isRunFolder(folder)) runs.push({ product, test, id, folder });
      }
    }
  }
  // A run ID starts with the time of the run.
  return runs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * Finds the run that a user named.
 * @param name the folder of a run or its `result.json`, a run ID or its beginning, `latest`, or `product/test` for the
 * latest run of a test
 * @param base the results folder
 * @param cwd the folder that relative paths start from
 * @returns a path for `loadResult`
 * @throws Problem that lists runs with similar names if no run or several runs match
 */
export async function findRun(name: string, base: string, cwd: string): Promise<string> {
  const runPath = [cwd, base].map((folder) => path.resolve(folder, name)).find(isRunPath);
  if (runPath) return runPath;

  const runs = await runsIn(base);
  const latest = runs.findLast((run) => name === LATEST || name === testOf(run));
  if (latest) return latest.folder;
  const [found, ...others] = runs.filter(({ id }) => id.startsWith(name));
  if (found && others.length === 0) return found.folder;

  const similar = runs.filter((run) => nameOf(run).includes(name));
  throw new Problem(
    [
      others.length > 0 ? `Several run IDs start with ${name}. Give more of the ID.` : `No run is named ${name}.`,
      `Give a run folder, a run ID or its beginning, ${LATEST}, or product/test.`,
      ...(similar.length > 0 ? runList('Similar runs', similar) : runList(`Latest runs in ${base}`, runs)),
    ].join('\n'),
  );
}

const LATEST = 'latest';
const MAX_LISTED_RUNS = 5;

const testOf = ({ product, test }: RunLocation): string => `${product}/${test}`;
const nameOf = (run: RunLocation): string => `${testOf(run)}/${run.id}`;

const isRunPath = (file: string): boolean => isRunFolder(file) || (file.endsWith('.json') && existsSync(file));

function runList(title: string, runs: readonly RunLocation[]): string[] {
  if (runs.length === 0) return [`${title}: none.`];
  return [
    `${title}:`,
    ...runs
      .slice(-MAX_LISTED_RUNS)
      .reverse()
      .map((run) => `  ${nameOf(run)}`),
  ];
}
