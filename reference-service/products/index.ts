import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from './product.ts';

/** Names of all products. A product is a subfolder of products/ with an `index.ts` that exports `product`. */
export const PRODUCT_NAMES: readonly string[] = readdirSync(import.meta.dirname)
  .filter((name) => existsSync(join(import.meta.dirname, name, 'index.ts')))
  .sort();

export const isProductName = (name: string): boolean => PRODUCT_NAMES.includes(name);

/** Loads the code of one product, without the code of other products. */
export async function loadProduct(name: string): Promise<Product> {
  return ((await import(`./${name}/index.ts`)) as { product: Product }).product;
}
