import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../support/problem.ts';

const DEFINITION = 'product.ts';

/**
 * Copies the tests of a product from another repository into the suite.
 * @param tests the folder with the products of the suite
 * @throws Problem if the folder has no product.ts, or the name is invalid or already in use
 */
export async function addProduct(folder: string, product: string, tests: string): Promise<void> {
  if (!/^[a-z][a-z\d-]*$/.test(product))
    throw new Problem(
      `"${product}" is not a valid product name. Use lowercase letters, digits and hyphens, and begin with a letter.`,
    );
  if (!existsSync(path.join(folder, DEFINITION)))
    throw new Problem(
      `There is no ${DEFINITION} in ${folder}. Give the folder of a product, with ${DEFINITION} and one file per test (docs/guides/write-tests.md).`,
    );
  const destination = path.join(tests, product);
  if (existsSync(destination))
    throw new Problem(
      `The suite already has a product named ${product}. Rename yours in ${DEFINITION} and in the workflow.`,
    );
  await cp(folder, destination, { recursive: true });
}
