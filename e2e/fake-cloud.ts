import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { serve } from '../cli/testing/environment.ts';

/** How a run in the cloud goes on, as often as k6 asks for it. The last stays. */
export type Progress = {
  status: 'running' | 'completed' | 'aborted';
  result: 'passed' | 'failed' | 'error' | null;
};

export interface Call {
  request: string;
  authorization: string | undefined;
  stack: string | undefined;
  body: Buffer;
}

const LOAD_TEST = 456;
const RUN = 123;
const NOW = '2025-01-18T14:30:00Z';
export const RUN_URL = `https://stack.example.com/a/k6-app/runs/${RUN}`;

/**
 * Grafana Cloud's API, version 6, as far as `k6 cloud run` of k6 2.2 talks to it: k6's own tests play it the same way.
 * It takes one token, and keeps what it was sent.
 */
export class FakeCloud {
  readonly calls: Call[] = [];
  readonly #token: string;
  readonly #progress: Progress[];
  #asked = 0;
  #aborted = false;

  constructor(token: string, progress: Progress[]) {
    this.#token = token;
    this.#progress = progress;
  }

  /** Listens for one test. @returns its URL */
  listen(t: TestContext): Promise<string> {
    return serve(t, async (request, response) => {
      const call = callOf(request, await buffer(request));
      this.calls.push(call);
      const [status, answer] =
        call.authorization === `Bearer ${this.#token}`
          ? this.#answer(call.request)
          : [401, { error: { code: 'error', message: 'Invalid token' } }];
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(answer === null ? undefined : JSON.stringify(answer));
    });
  }

  /** The archive that was uploaded: what stands between the head of its part and the next boundary. */
  get archive(): Buffer {
    const body = this.calls.find(({ request }) => /^POST .*\/projects\/\d+\/load_tests$/.test(request))?.body;
    if (!body) throw new Error('nothing was uploaded');
    const boundary = body.subarray(0, body.indexOf('\r\n'));
    const part = body.indexOf('name="script"');
    const begins = body.indexOf('\r\n\r\n', part) + 4;
    return body.subarray(begins, body.indexOf(Buffer.concat([Buffer.from('\r\n'), boundary]), begins));
  }

  #answer(request: string): [status: number, answer: object | null] {
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
        return [404, { error: { code: 'error', message: `nobody knows ${request}` } }];
    }
  }

  #next(): Progress {
    if (this.#aborted) return { status: 'aborted', result: 'error' };
    return this.#progress[Math.min(this.#asked++, this.#progress.length - 1)] as Progress;
  }
}

const callOf = ({ method, url, headers }: IncomingMessage, body: Buffer): Call => ({
  request: `${method} ${url}`,
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

const runOf = ({ status, result }: Progress) => ({
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
