import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { serve } from '../cli/testing/environment.ts';

/**
 * The state of a cloud run. Each time k6 requests the state, the fake returns the next state of a list; the last state
 * repeats.
 */
export type CloudRunState = {
  status: 'running' | 'completed' | 'aborted';
  result: 'passed' | 'failed' | 'error' | null;
};

export interface CloudRequest {
  methodAndPath: string;
  authorization: string | undefined;
  stack: string | undefined;
  body: Buffer;
}

const LOAD_TEST = 456;
const RUN = 123;
const NOW = '2025-01-18T14:30:00Z';
export const RUN_URL = `https://stack.example.com/a/k6-app/runs/${RUN}`;

/**
 * Fakes the parts of the Grafana Cloud API, version 6, that `k6 cloud run` of k6 2.2 uses. Accepts a single token, and
 * records all requests.
 */
export class FakeCloud {
  readonly requests: CloudRequest[] = [];
  readonly #token: string;
  readonly #progress: CloudRunState[];
  #stateRequests = 0;
  #aborted = false;

  constructor(token: string, progress: CloudRunState[]) {
    this.#token = token;
    this.#progress = progress;
  }

  /** Listens until the test ends.
@returns the URL of the fake */
  listen(t: TestContext): Promise<string> {
    return serve(t, async (request, response) => {
      const call = callOf(request, await buffer(request));
      this.requests.push(call);
      const [status, responseBody] =
        call.authorization === `Bearer ${this.#token}`
          ? this.#respond(call.methodAndPath)
          : [401, { error: { code: 'error', message: 'Invalid token' } }];
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(responseBody === null ? undefined : JSON.stringify(responseBody));
    });
  }

  /** Returns the uploaded archive: the bytes of its multipart part, without headers and boundary. */
  get archive(): Buffer {
    const body = this.requests.find(({ methodAndPath: request }) =>
      /^POST .*\/projects\/\d+\/load_tests$/.test(request),
    )?.body;
    if (!body) throw new Error('nothing was uploaded');
    const boundary = body.subarray(0, body.indexOf('\r\n'));
    const part = body.indexOf('name="script"');
    const start = body.indexOf('\r\n\r\n', part) + 4;
    return body.subarray(start, body.indexOf(Buffer.concat([Buffer.from('\r\n'), boundary]), start));
  }

  #respond(request: string): [status: number, body: object | null] {
    switch (request.replace(/\/projects\/\d+/, '')) {
      case 'POST /cloud/v6/validate_options':
        return [200, { vuh_usage: 0.5, breakdown: COST }];
      case 'POST /cloud/v6/load_tests':
        return [
          201,
          { id: LOAD_TEST, project_id: 0, name: '', baseline_test_run_id: null, created: NOW, updated: NOW },
        ];
      case `POST /cloud/v6/load_tests/${LOAD_TEST}/start`:
        return [200, { ...runOf({ status: 'running', result: null }), test_run_details_page_url: RUN_URL }];
      case `GET /cloud/v6/test_runs/${RUN}`:
        return [200, runOf(this.#next())];
      case `POST /cloud/v6/test_runs/${RUN}/abort`:
        this.#aborted = true;
        return [204, null];
      default:
        return [404, { error: { code: 'error', message: `unknown request ${request}` } }];
    }
  }

  #next(): CloudRunState {
    if (this.#aborted) return { status: 'aborted', result: 'error' };
    return this.#progress[Math.min(this.#stateRequests++, this.#progress.length - 1)] as CloudRunState;
  }
}

const callOf = ({ method, url, headers }: IncomingMessage, body: Buffer): CloudRequest => ({
  methodAndPath: `${method} ${url}`,
  authorization: headers.authorization,
  stack: headers['x-stack-id'] as string | undefined,
  body,
});

const COST = {
  protocol_vuh: 0.5,
  browser_vuh: 0,
  base_total_vuh: 0.5,
  reduction_rate: 0,
  reduction_rate_breakdown: {},
};

const runOf = ({ status, result }: CloudRunState) => ({
  id: RUN,
  test_id: LOAD_TEST,
  project_id: 0,
  started_by: null,
  created: NOW,
  ended: null,
  note: '',
  retention_expiry: null,
  cost: null,
  status,
  status_details: { type: status, entered: NOW },
  status_history: [{ type: status, entered: NOW }],
  distribution: [],
  result,
  result_details: null,
  options: {},
  k6_dependencies: {},
  k6_versions: {},
  max_vus: null,
  max_browser_vus: null,
  estimated_duration: 60,
  execution_duration: 0,
  is_starred: false,
});
