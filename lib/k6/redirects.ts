import http from 'k6/http';
import { isRedirect, keepsMethod, redirectTarget } from '../core/definition/index.ts';
import { hopName } from '../core/metrics/index.ts';
import type { Response } from './call-result.ts';
import type { Form } from './form.ts';

/** What to repeat when a response is a redirect. */
export interface RedirectedRequest {
  method: string;
  body: string | Form | undefined;
  headers: Record<string, string>;
}

/** Follows the redirects of an endpoint. Every further request is a hop of the same call. */
export type RedirectFollower = (response: Response, request: RedirectedRequest, timeoutMs: number) => Response;

/**
 * Creates the follower of an endpoint.
 * @param name of the endpoint
 * @param limit number of redirects that a call may follow
 */
export function redirectFollower(name: string, limit: number): RedirectFollower {
  const tags = { name: hopName(name) };
  return (first, { method, body, headers }, timeoutMs) => {
    let response = first;
    let url = first.url;
    let sent = { method, body };
    for (let followed = 0; followed < limit && isRedirect(response.status); followed++) {
      const target = redirectTarget(url, response.headers.Location);
      if (target === null) break;
      if (!keepsMethod(response.status, sent.method)) sent = { method: 'GET', body: undefined };
      url = target;
      response = http.request(sent.method, url, sent.body, { headers, tags, timeout: timeoutMs });
    }
    return response;
  };
}
