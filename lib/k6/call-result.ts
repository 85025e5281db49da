import type { RefinedResponse } from 'k6/http';

/** The response of k6, with `status`, `headers`, `body`, `json(path)` and `timings` in ms. */
export type Response = RefinedResponse<undefined>;

/** The result of `Endpoint.call`: the response, and whether it is the expected one. */
export interface CallResult {
  response: Response;
  /** Whether status and body are the expected ones, or the status is a tolerated one. */
  ok: boolean;
  /**
   * Whether the target refused the request by design, for example by a rate limit. A refusal is neither ok nor an
   * error.
   */
  refused: boolean;
  /**
   * Why the call is not ok: the error code in the body, such as `db_pool_timeout`, or else the kind of error. Empty
   * if it is ok.
   */
  reason: string;
}
