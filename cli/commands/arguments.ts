import { config } from '../support/config.ts';

/** The product name that appears in the examples of help texts. */
export const EXAMPLE_PRODUCT = config.mainProduct ?? 'shop';

/** The command-line argument that names a test, and its help text. */
export const TEST_ARGUMENT: [name: string, description: string] = [
  '<test>',
  `product/test, as shown by \`list\`${config.mainProduct ? `; ${config.mainProduct} is the default product` : ''}`,
];

/** The command-line argument that names a product, its help text, and its default value. */
export const productArgument = (
  description: string,
): [name: string, description: string, defaultProduct: string | undefined] => [
  '[product]',
  `${description} in ${config.tests}/`,
  config.mainProduct,
];
