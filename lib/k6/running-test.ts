/**
 * What the parts of the layer need to know of the test that runs, set once when it is defined. A VU's modules are
 * made before its test is.
 */
export const runningTest = {
  /** Share of this VU's responses that are held against their contract. */
  contractShare: 0,
  /** VUs that share the rows of a dataset. */
  vus: 1,
};
