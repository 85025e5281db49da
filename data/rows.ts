import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The type of the export `datasets` in the data.ts of a product: for each dataset, a function that returns its rows
 * for a seed. A row is one line of text.
 */
export type Datasets = Record<string, (seed: number) => string[]>;

const root = path.join(import.meta.dirname, '..');

/**
 * Writes the rows of products to `dist/data/<product>/<name>.txt`. Skips products whose seed and code have not changed,
 * because generating rows takes seconds.
 * @param tests folder that contains a folder for each product
 */
export async function generateRows(tests: string, products: Iterable<string>, seed: number): Promise<void> {
  await Promise.all(Array.from(products, (name) => generateProduct(name, path.join(tests, name, 'data.ts'), seed)));
}

async function generateProduct(product: string, source: string, seed: number): Promise<void> {
  const code = await readFile(source, 'utf8').catch(() => null);
  if (code === null) return;
  const folder = path.join(root, 'dist', 'data', product);
  const stamp = path.join(folder, '.stamp');
  const current = await fingerprint(code, seed);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === current) return;

  const rows = await rowsOf(source, seed).catch((error: unknown) => {
    const text = `tests/${product}/data.ts failed to generate rows: ${error instanceof Error ? error.message : error}`;
    // Use the format of esbuild's errors, so that callers report the failure like a compile error.
    throw Object.assign(new Error(text, { cause: error }), { errors: [{ text, location: null }] });
  });
  await mkdir(folder, { recursive: true });
  for (const [name, lines] of rows) await writeAtomically(path.join(folder, `${name}.txt`), lines);
  await writeAtomically(stamp, current);
}

/** Returns the name and the text of each dataset of a product. */
async function rowsOf(source: string, seed: number): Promise<[name: string, text: string][]> {
  const { datasets } = (await import(pathToFileURL(source).href)) as { datasets: Datasets };
  return Object.entries(datasets).map(([name, rows]) => [name, rows(seed).join('\n')]);
}

async function fingerprint(code: string, seed: number): Promise<string> {
  const hash = createHash('sha256').update(`${seed}\n${code}\n`);
  for (const file of ['people.ts', 'rows.ts']) hash.update(await readFile(path.join(import.meta.dirname, file)));
  hash.update(await readFile(path.join(root, 'package-lock.json')));
  return hash.digest('hex');
}

/** Replaces a file atomically, because k6 or another process may be reading it. */
export async function writeAtomically(file: string, text: string | Uint8Array): Promise<void> {
  const partial = `${file}.${randomUUID()}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}
