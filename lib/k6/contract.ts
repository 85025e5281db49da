import { load } from './load.ts';

/** A compiled JSON Schema of a response; it keeps its complaints until the next call. */
export interface Contract {
  (body: unknown): boolean;
  errors?: readonly { instancePath: string; message?: string }[] | null;
}

/** Where the bundler has put a contract, from the bundles of its product's tests. */
export type ContractFile = string;

export const loadContract = (file: ContractFile) => load(file) as Contract;

/** The first complaint about a body, or undefined where the body keeps its contract. */
export function breach(contract: Contract, body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'is no JSON';
  }
  if (contract(parsed)) return undefined;
  const first = contract.errors?.[0];
  return first ? `${first.instancePath || 'body'} ${first.message ?? 'is not valid'}` : 'is not valid';
}
