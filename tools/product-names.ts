/**
 * Checks that files shared by all products do not contain the name of a product.
 *
 *     node tools/product-names.ts      prints each occurrence, and exits with 1 if there is one
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { TESTS } from '../cli/support/config.ts';
import { ROOT } from '../cli/support/paths.ts';

/** Folders whose files must not contain the name of a product, including comments and tests. */
const SHARED_FOLDERS: readonly string[] = ['lib', 'cli'];

/** Returns one line of text for each product name that a text contains. Finds plural forms, too. */
export function productNamesIn(file: string, text: string, products: readonly string[]): string[] {
  const name = new RegExp(`(?<![a-z])(?:${products.join('|')})s?(?![a-z])`, 'gi');
  return text
    .split('\n')
    .flatMap((line, i) => [...line.matchAll(name)].map(([found]) => `${file}:${i + 1} names the product ${found}.`));
}

if (process.argv[1] === import.meta.filename) {
  const products = readdirSync(TESTS, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  const files = execFileSync('git', ['ls-files', '-z', '--', ...SHARED_FOLDERS], { cwd: ROOT, encoding: 'utf8' });
  const occurrences = files
    .split('\0')
    .filter((file) => file !== '' && existsSync(path.join(ROOT, file)))
    .flatMap((file) => productNamesIn(file, readFileSync(path.join(ROOT, file), 'utf8'), products));
  for (const occurrence of occurrences) process.stderr.write(`${occurrence} Use a made-up name such as shop/peak.\n`);
  if (occurrences.length > 0) process.exitCode = 1;
}
