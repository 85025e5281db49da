/** The interface for a product's data.ts, `import { … } from 'load-suite/data'`. It runs in Node. */

// Test data

export { fakerRows, phoneOf, seededFaker } from '../data/people.ts';
export type { Datasets } from '../data/rows.ts';
