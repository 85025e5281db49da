import { config } from '../support/config.ts';

/** The product in examples. */
export const EXAMPLE_PRODUCT = config.mainProduct ?? 'shop';

/** The argument that names a test, and its description. */
export const TEST_ARGUMENT: [name: string, description: string] = [
  '<test>',
  `product/test, as shown by \`list\`${config.mainProduct ? `; ${config.mainProduct} is the default product` : ''}`,
];

/** The argument that names a product, its description, and its default. */
export const productArgument = (
  description: string,
): [name: string, description: string, defaultProduct: string | undefined] => [
  '[product]',
  `${description} in ${config.tests}/`,
  config.mainProduct,
];
