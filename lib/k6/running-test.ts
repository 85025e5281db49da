/**
 * What the layer needs to know of the test that runs. While a test is described nothing runs; contracts are loaded
 * all the same, because k6 lets a VU load only what VU 0 has loaded before.
 */
export const runningTest = {
  /** Share of this VU's responses that are held against their contract. */
  contractShare: 1,
  /** No VU that shares the rows of a dataset has a number above this. */
  vus: 1,
};
