import type { ContractValidator } from '../core/definition/index.ts';
import { loadModule } from './load-module.ts';

/** The type of an imported JSON Schema file: `import order from './contracts/order.schema.json'`. */
export type ContractFile = string;

export const loadContract = (file: ContractFile) => loadModule(file) as ContractValidator;
