/**
 * Settings of the running test for this VU. These values are for the description bundle. Its share of contracts is
 * above 0 so that VU 0 loads all contracts, because k6 lets VUs load only files that VU 0 loaded.
 */
export const runningTest = {
  /** Share of this VU's responses that are checked against their contract. */
  contractShare: 1,
  /** Upper bound for the numbers of the VUs that share the rows of a dataset. */
  vus: 1,
};
