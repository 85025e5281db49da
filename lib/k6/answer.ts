import type { RefinedResponse } from 'k6/http';

export type Response = RefinedResponse<undefined>;

export interface Answer {
  response: Response;
  /** Status and body were as expected, or the status is a tolerated one. */
  ok: boolean;
  /** The target refused by design: not ok, and no error either. */
  refused: boolean;
  /** What an answer that is not ok said of itself (`db_pool_timeout`), or its kind; empty where it is ok. */
  reason: string;
}
