import type { Contract } from '../core/definition/index.ts';
import { load } from './load.ts';

/** Where the bundler has put a contract, from the bundles of its product's tests. */
export type ContractFile = string;

export const loadContract = (file: ContractFile) => load(file) as Contract;
