import type { Contract } from '../core/definition/index.ts';
import { load } from './load.ts';

/** What an import of a JSON Schema file is in a test: `import order from './contracts/order.schema.json'`. */
export type ContractFile = string;

export const loadContract = (file: ContractFile) => load(file) as Contract;
