/** A compiled JSON Schema of a response; it keeps its complaints until the next call. */
export interface ContractValidator {
  (body: unknown): boolean;
  errors?: readonly { instancePath: string; message?: string }[] | null;
}

/** The first complaint about a body, or undefined where the body keeps its contract. */
export function contractViolation(contract: ContractValidator, body: string): string | undefined {
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

/** At most this many VUs for one that holds responses to their contracts. */
const VUS_PER_CHECKER = 50;

/**
 * The share of its responses that one VU holds against their contract. To load a contract costs a VU more than to hold
 * hundreds of responses to it, so a few VUs check for all, and check more often.
 * @param share of the responses of all VUs
 * @param vus that run at the same time
 */
export function contractShareOf(vu: number, share: number, vus: number): number {
  const vusPerChecker = Math.max(1, Math.min(VUS_PER_CHECKER, vus, Math.floor(1 / share)));
  return vu % vusPerChecker === 1 % vusPerChecker ? share * vusPerChecker : 0;
}
