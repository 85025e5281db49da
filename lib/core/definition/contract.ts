/** A compiled JSON Schema of a response. `errors` holds the violations of the last call. */
export interface ContractValidator {
  (body: unknown): boolean;
  errors?: readonly { instancePath: string; message?: string }[] | null;
}

/** Describes the first violation, such as `/id must be integer`. Returns undefined if the body satisfies the contract. */
export function contractViolation(contract: ContractValidator, body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'is not valid JSON';
  }
  if (contract(parsed)) return undefined;
  const first = contract.errors?.[0];
  return first ? `${first.instancePath || 'body'} ${first.message ?? 'is not valid'}` : 'is not valid';
}

/** At least one in this many VUs checks contracts. */
const MAX_VUS_PER_CHECKER = 50;

/**
 * Returns the share of responses that a given VU checks against their contracts. Loading a contract costs a VU more
 * than checking hundreds of responses, so a few VUs check a larger share of their responses, and all other VUs check
 * none.
 * @param vu number of the VU, from 1
 * @param share of the responses of all VUs that is checked, from 0 to 1
 * @param vus number of VUs that run at the same time
 */
export function contractShareOf(vu: number, share: number, vus: number): number {
  const vusPerChecker = Math.max(1, Math.min(MAX_VUS_PER_CHECKER, vus, Math.floor(1 / share)));
  return vu % vusPerChecker === 1 % vusPerChecker ? share * vusPerChecker : 0;
}
