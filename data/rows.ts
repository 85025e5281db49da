import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What data.ts of a product exports as `datasets`: for each dataset, a function from the seed to its rows. A row
 * is one line of text.
 */
export type Datasets = Record<string, (seed: number) => string[]>;

const root = path.join(import.meta.dirname, '..');

/**
 * Writes the rows of these products to `dist/data/<product>/<name>.txt`, and only where the seed or a generator has
 * changed: generating takes seconds, starting a test must not.
 * @param tests folder with a folder for each product
 */
export async function generateRows(tests: string, products: Iterable<string>, seed: number): Promise<void> {
  await Promise.all(
    Array.from(products, (name) => generateProduct(name, path.join(tests, name, 'data.ts'), seed)),
  );
}

async function generateProduct(product: string, source: string, seed: number): Promise<void> {
  const code = await readFile(source, 'utf8').catch(() => null);
  if (code === null) return;
  const folder = path.join(root, 'dist', 'data', product);
  const stamp = path.join(folder, '.stamp');
  const current = await fingerprint(code, seed);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === current) return;

  const rows = await rowsOf(source, seed).catch((error: unknown) => {
    const text = `tests/${product}/data.ts cannot generate its rows: ${error instanceof Error ? error.message : error}`;
    // In the form of esbuild's errors: to the user it is one more file that does not compile.
    throw Object.assign(new Error(text, { cause: error }), { errors: [{ text, location: null }] });
  });
  await mkdir(folder, { recursive: true });
  for (const [name, lines] of rows) await writeAtomically(path.join(folder, `${name}.txt`), lines);
  await writeAtomically(stamp, current);
}

/** The text of each dataset, by its name. */
async function rowsOf(source: string, seed: number): Promise<[name: string, text: string][]> {
  const { datasets } = (await import(pathToFileURL(source).href)) as { datasets: Datasets };
  return Object.entries(datasets).map(([name, rows]) => [name, rows(seed).join('\n')]);
}

async function fingerprint(code: string, seed: number): Promise<string> {
  const hash = createHash('sha256').update(`${seed}\n${code}\n`);
  for (const file of ['people.ts', 'rows.ts'])
    hash.update(await readFile(path.join(import.meta.dirname, file)));
  hash.update(await readFile(path.join(root, 'package-lock.json')));
  return hash.digest('hex');
}

/** Two runs may bundle at once, or one twice, while k6 loads what is there; none may see half a file. */
export async function writeAtomically(file: string, text: string | Uint8Array): Promise<void> {
  const partial = `${file}.${randomUUID()}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}
