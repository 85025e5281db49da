import type { RefinedResponse } from 'k6/http';

/** k6's response: `status`, `headers`, `body`, `json(path)` and `timings` in ms. */
export type Response = RefinedResponse<undefined>;

/** A response and how it was judged. */
export interface CallResult {
  response: Response;
  /** The status and the body are the expected ones, or the status is a tolerated one. */
  ok: boolean;
  /** The target refused by design: neither ok nor an error. */
  refused: boolean;
  /** The error code in the body (`db_pool_timeout`), or else the kind of error; empty where the answer is ok. */
  reason: string;
}
