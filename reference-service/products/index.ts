import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from './product.ts';

/** Every product: each is a folder here, with an `index.ts` that exports it as `product`. */
export const PRODUCT_NAMES: readonly string[] = readdirSync(import.meta.dirname)
  .filter((name) => existsSync(join(import.meta.dirname, name, 'index.ts')))
  .sort();

export const isProductName = (name: string): boolean => PRODUCT_NAMES.includes(name);

/** Loads one product, and nothing of the others. */
export async function loadProduct(name: string): Promise<Product> {
  return ((await import(`./${name}/index.ts`)) as { product: Product }).product;
}
