import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What data.ts of a product exports as `datasets`: for each dataset, a function from the seed to its rows. A row
 * is one line of text.
 */
export type Datasets = Record<string, (seed: number) => string[]>;

const root = path.join(import.meta.dirname, '..');

/**
 * Writes the rows of every product below `tests/` to `dist/data/<product>/<name>.txt`, and only where the seed
 * or a generator has changed: generating takes seconds, starting a test must not.
 */
export async function generateRows(seed: number): Promise<void> {
  const products = await readdir(path.join(root, 'tests'), { withFileTypes: true });
  await Promise.all(
    products
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => generateProduct(name, path.join(root, 'tests', name, 'data.ts'), seed)),
  );
}

async function generateProduct(product: string, source: string, seed: number): Promise<void> {
  const code = await readFile(source, 'utf8').catch(() => null);
  if (code === null) return;
  const folder = path.join(root, 'dist', 'data', product);
  const stamp = path.join(folder, '.stamp');
  const current = await fingerprint(code, seed);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === current) return;

  const { datasets } = (await import(pathToFileURL(source).href)) as { datasets: Datasets };
  await mkdir(folder, { recursive: true });
  for (const [name, rowsOf] of Object.entries(datasets)) {
    await writeAtomically(path.join(folder, `${name}.txt`), rowsOf(seed).join('\n'));
  }
  await writeAtomically(stamp, current);
}

async function fingerprint(code: string, seed: number): Promise<string> {
  const hash = createHash('sha256').update(`${seed}\n${code}\n`);
  for (const file of ['people.ts', 'rows.ts'])
    hash.update(await readFile(path.join(import.meta.dirname, file)));
  hash.update(await readFile(path.join(root, 'package-lock.json')));
  return hash.digest('hex');
}

/** Two runs may bundle at once, while k6 loads what is there; none may see half a file. */
export async function writeAtomically(file: string, text: string | Uint8Array): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}
