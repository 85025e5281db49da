import { config } from '../support/config.ts';

/** Stands in examples. */
export const PRODUCT = config.mainProduct ?? 'shop';

/** The argument by which the user names a test, and its description. */
export const TEST_ARGUMENT: [name: string, description: string] = [
  '<test>',
  `product/test as \`list\` shows them${config.mainProduct ? `; without a product, one of ${config.mainProduct}` : ''}`,
];

/** The argument by which the user names a product, its description, and the product where there is none. */
export const productArgument = (
  description: string,
): [name: string, description: string, byDefault: string | undefined] => [
  '[product]',
  `${description} below ${config.tests}/`,
  config.mainProduct,
];
