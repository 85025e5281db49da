import type { ContractValidator } from '../core/definition/index.ts';
import { loadModule } from './load-module.ts';

/** What an import of a JSON Schema file is in a test: `import order from './contracts/order.schema.json'`. */
export type ContractFile = string;

export const loadContract = (file: ContractFile) => loadModule(file) as ContractValidator;
