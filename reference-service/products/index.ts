import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from './product.ts';

/** The products: each is a folder next to this file with an `index.ts` that exports `product`. */
export const PRODUCT_NAMES: readonly string[] = readdirSync(import.meta.dirname)
  .filter((name) => existsSync(join(import.meta.dirname, name, 'index.ts')))
  .sort();

export const isProductName = (name: string): boolean => PRODUCT_NAMES.includes(name);

/** Loads one product without loading the others. */
export async function loadProduct(name: string): Promise<Product> {
  return ((await import(`./${name}/index.ts`)) as { product: Product }).product;
}
