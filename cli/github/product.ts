import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../support/problem.ts';

const DEFINITION = 'product.ts';

/**
 * Adds a product to the suite from a folder of another repository, in which its tests are kept.
 * @param tests folder of the suite's own products
 * @throws Problem where there is nothing to add, or the suite has such a product
 */
export async function addProduct(folder: string, product: string, tests: string): Promise<void> {
  if (!/^[a-z][a-z\d-]*$/.test(product))
    throw new Problem(
      `"${product}" cannot be the name of a product. It takes small letters, digits and hyphens, and begins with a letter.`,
    );
  if (!existsSync(path.join(folder, DEFINITION)))
    throw new Problem(
      `There is no ${DEFINITION} in ${folder}. It takes the folder of a product: ${DEFINITION}, and a file for each test (docs/guides/write-tests.md).`,
    );
  const place = path.join(tests, product);
  if (existsSync(place))
    throw new Problem(
      `The suite has a product named ${product} already. Give yours another name, in ${DEFINITION} and in the workflow.`,
    );
  await cp(folder, place, { recursive: true });
}
