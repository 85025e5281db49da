/** The API for the data.ts of a product: `import { fakerRows } from 'load-suite/data'`. This module runs in Node. */

// Test data

export { fakerRows, phoneOf, seededFaker } from '../data/people.ts';
export type { Datasets } from '../data/rows.ts';
