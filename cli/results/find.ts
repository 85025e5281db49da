import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../support/problem.ts';
import { isRunFolder } from './run-folder.ts';

/** Where a run is kept, and what it is of. */
export interface RunLocation {
  product: string;
  test: string;
  id: string;
  folder: string;
}

/** Every run below a folder of results, also those that left no result; the newest last. */
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
  // Ids begin with the time.
  return runs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * The place of a run as a person names it: its folder or `result.json`, its id or the beginning of it, `latest`, or
 * `product/test` for the latest run of a test.
 * @param base folder of results, in which ids are looked for
 * @param cwd what a path is relative to
 * @returns what `loadResult` takes
 * @throws Problem that lists what comes nearest to it
 */
export async function findRun(name: string, base: string, cwd: string): Promise<string> {
  const place = [cwd, base].map((folder) => path.resolve(folder, name)).find(isPlaceOfRun);
  if (place) return place;

  const runs = await runsIn(base);
  const latest = runs.findLast((run) => name === LATEST || name === testOf(run));
  if (latest) return latest.folder;
  const [found, ...others] = runs.filter(({ id }) => id.startsWith(name));
  if (found && others.length === 0) return found.folder;

  const near = runs.filter((run) => nameOf(run).includes(name));
  throw new Problem(
    [
      others.length > 0 ? `Several runs begin with ${name}: write more of it.` : `No run is named ${name}.`,
      `It takes the folder of a run, its id or the beginning of it, ${LATEST}, or product/test.`,
      ...(near.length > 0 ? listed('Near it', near) : listed(`The latest in ${base}`, runs)),
    ].join('\n'),
  );
}

const LATEST = 'latest';
const CANDIDATES = 5;

const testOf = ({ product, test }: RunLocation): string => `${product}/${test}`;
const nameOf = (run: RunLocation): string => `${testOf(run)}/${run.id}`;

const isPlaceOfRun = (place: string): boolean =>
  isRunFolder(place) || (place.endsWith('.json') && existsSync(place));

function listed(title: string, runs: readonly RunLocation[]): string[] {
  if (runs.length === 0) return [`${title}: none.`];
  return [
    `${title}:`,
    ...runs
      .slice(-CANDIDATES)
      .reverse()
      .map((run) => `  ${nameOf(run)}`),
  ];
}
