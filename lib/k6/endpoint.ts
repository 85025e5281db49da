import http from 'k6/http';
import type { Counter, Rate } from 'k6/metrics';
import {
  type Authentication,
  type ContractValidator,
  contractViolation,
  DEFAULT_EXPECTED_STATUS,
  fillRoute,
  LOAD_RUN,
  splitRoute,
} from '../core/definition/index.ts';
import { errorKindOf, reasonTag } from '../core/metrics/index.ts';
import { parseDuration } from '../core/numbers/index.ts';
import { type Credentials, credentials } from './auth.ts';
import type { CallResult, Response } from './call-result.ts';
import { env, optionalEnv } from './env.ts';
import type { Form } from './form.ts';
import { timeoutBeforeInterruption } from './interruption.ts';
import { loadModule } from './load-module.ts';
import {
  createContractRate,
  createDegradedCounter,
  createRefusalCounter,
  responseTimeTrend,
  unexpectedResponseCounter,
} from './metrics.ts';
import { randomDuringInit } from './per-vu.ts';
import { redirectFollower } from './redirects.ts';
import { runningTest } from './running-test.ts';

/** The type of an imported JSON Schema file: `import order from './contracts/order.schema.json'`. */
export type ContractFile = string;

/** The options of an endpoint: how to send its requests, and which responses are expected. */
export interface EndpointOptions {
  /** How requests authenticate: `none`, `bearer(…)`, `apiKey(…)`, `signed(…)`, or the credentials of a `heldToken()`. */
  auth: Authentication | Credentials;
  /** Status of a correct response. Default: 200 */
  expectedStatus?: number;
  /**
   * Additional statuses that do not count as errors, such as `[404]` if a record may be missing. Their bodies are not
   * checked.
   */
  toleratedStatuses?: number[];
  /**
   * Statuses by which the target refuses requests by design, such as `[429]`. They are not errors and are counted
   * separately.
   */
  refusals?: number[];
  /**
   * Number of redirects that a call follows, within the host of the target. The call is one request with the duration
   * of the whole call. Default: 0. A redirect that is not followed is an unexpected status.
   */
  redirects?: number;
  /**
   * A path that the body of a correct response must contain, such as `id`. It detects error pages with status 200. To
   * check a list, use its length, such as `items.#`, which costs far less than the list itself. Leave it out if the
   * status is enough, as for 204. The syntax is GJSON: https://github.com/tidwall/gjson/blob/master/SYNTAX.md
   */
  has?: string;
  /** A path in the body of a correct response. If its value is `true`, the response counts as degraded. */
  degraded?: string;
  /**
   * Kind of record that a correct response creates, such as `order`. The request carries the run id in the header
   * `X-Load-Run`.
   */
  creates?: string;
  /** Type of the body, for methods that have one. Default: `json` */
  body?: 'json' | 'form' | 'none';
  /** Maximum time to wait for the response. Default: `30s` */
  timeout?: string;
  /** JSON Schema of a correct response. The `contractShare` of the test determines how many responses are checked. */
  contract?: ContractFile;
  /** Distinguishes several uses of the same route, such as `wrong signature`. */
  variant?: string;
}

/** A route of the target. Its requests are counted together under its name. */
export interface Endpoint {
  /** Method and route template, followed by the variant if there is one: `GET /orders/:id`. */
  name: string;
  options: EndpointOptions;
  /**
   * Sends a request and checks the response: `readOrder.call('7')`, `placeOrder.call('', body)`.
   * @param id value of the route parameter; a list of values, in order, if the route has several parameters
   * @param body JSON text, or the fields of a form
   * @param query query string with its leading `?`
   */
  call(id?: string | readonly string[], body?: string | Form, query?: string): CallResult;
}

type Route = `${Method} /${string}`;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The functions of k6 whose parameters are (url, body, params). `http.get` has no body. */
const SENDERS = { POST: http.post, PUT: http.put, PATCH: http.patch, DELETE: http.del } as const;

const DEFAULT_TIMEOUT = '30s';

// An array instead of a set, because every VU would pay for creating a set, even without errors.
const knownReasons: string[] = [];

/** Created with the first endpoint that needs them, and shared by all endpoints of a VU. */
let refusalCounter: Counter | undefined;
let degradedCounter: Counter | undefined;
let contractRate: Rate | undefined;

/**
 * Defines an endpoint: `endpoint('GET /orders/:id', { auth: bearer(variables.API_TOKEN), has: 'total' })`. Call it at
 * the top level of a module, because k6 creates metrics and loads contracts only while it creates VUs.
 * @param route method and route template, such as `GET /orders/:id`
 */
export function endpoint(route: Route, options: EndpointOptions): Endpoint {
  const name = options.variant ? `${route} (${options.variant})` : route;
  const { refusals, degraded, contract } = options;
  const validator = contract && runningTest.contractShare > 0 ? (loadModule(contract) as ContractValidator) : undefined;
  if (validator) contractRate ??= createContractRate();
  if (refusals) refusalCounter ??= createRefusalCounter();
  if (degraded !== undefined) degradedCounter ??= createDegradedCounter();
  const self: Endpoint = {
    name,
    options,
    call(id, body, query) {
      // Prepares everything else on the first call, so that VUs start sooner.
      self.call = callerOf(route, self, validator);
      return self.call(id, body, query);
    },
  };
  return self;
}

/**
 * Prepares whatever does not change between requests, because parameters and tags are most of the CPU cost of a
 * request. It checks responses without k6's `check`, which would also count those that pass, for a tenth of the cost
 * of a request.
 */
function callerOf(
  route: Route,
  { name, options }: Endpoint,
  validator: ContractValidator | undefined,
): Endpoint['call'] {
  const method = route.slice(0, route.indexOf(' ')) as Method;
  const path = route.slice(route.indexOf('/'));
  const { expectedStatus = DEFAULT_EXPECTED_STATUS, toleratedStatuses, refusals, has, degraded, creates } = options;
  const { headers: fixedHeaders, sign } = 'scheme' in options.auth ? credentials(options.auth) : options.auth;
  const isJson = method !== 'GET' && method !== 'DELETE' && (options.body ?? 'json') === 'json';
  const runId = creates === undefined ? undefined : optionalEnv('RUN_ID');
  const headers: Record<string, string> = isJson
    ? { 'Content-Type': 'application/json', ...fixedHeaders }
    : { ...fixedHeaders };
  if (runId !== undefined) headers[LOAD_RUN.header] = runId;
  const follow = options.redirects ? redirectFollower(name, options.redirects) : undefined;
  const tags = { name };
  const timeoutMs = parseDuration(options.timeout ?? DEFAULT_TIMEOUT);
  const params = {
    headers,
    tags,
    timeout: timeoutMs,
    // Leave out parameters with default values, because k6 reads every parameter with every request.
    ...(isExpectedByDefault(expectedStatus) && !toleratedStatuses && !refusals
      ? undefined
      : {
          responseCallback: http.expectedStatuses(expectedStatus, ...(toleratedStatuses ?? []), ...(refusals ?? [])),
        }),
  };
  const [before = '', after, ...rest] = splitRoute(env('API_URL') + path);
  // The fixed parts of the route; undefined if it has at most one parameter.
  const pieces = rest.length > 0 ? [after ?? '', ...rest] : undefined;
  const isGet = method === 'GET';
  const send = isGet ? http.post : SENDERS[method];
  const { contractShare } = runningTest;
  // Checks every n-th response, starting at a random one. That is cheaper than a random number for each response.
  let untilNextCheck = randomDuringInit();

  return (id, body, query) => {
    if (sign) sign(headers, body);
    let url = after === undefined ? before : pieces ? before + fillRoute(pieces, id) : before + id + after;
    if (query !== undefined) url += query;
    const sentAt = Date.now();
    params.timeout = timeoutBeforeInterruption(timeoutMs, sentAt);
    // Call `http.get` directly: `send` would pass an empty body, which makes a GET slower.
    let response: Response = isGet ? http.get(url, params) : send(url, body, params);
    // Every access to an object of k6 is slow, so read each once.
    let { status } = response;
    const { timings } = response;
    // Without a response, k6 measures only what happened on a connection.
    let waitedMs = status === 0 ? Date.now() - sentAt : timings.blocked + timings.duration;
    if (follow && status !== expectedStatus && status >= 300 && status < 400) {
      response = follow(response, { method, body, headers }, params.timeout);
      status = response.status;
      waitedMs = Date.now() - sentAt;
    }
    responseTimeTrend.add(waitedMs, tags);
    const ok =
      status === expectedStatus
        ? has === undefined || response.json(has) !== undefined
        : toleratedStatuses?.includes(status) === true;
    untilNextCheck -= contractShare;
    if (untilNextCheck < 0) {
      untilNextCheck += 1;
      if (ok && validator && status === expectedStatus) checkContract(name, validator, response);
    }
    if (!ok) return refusedOrFailed(name, response, expectedStatus, refusals, params.timeout < timeoutMs);
    if (degraded !== undefined && status === expectedStatus && response.json(degraded) === true)
      degradedCounter?.add(1, { name });
    return { response, ok, refused: false, reason: '' };
  };
}

function refusedOrFailed(
  name: string,
  response: Response,
  expectedStatus: number,
  refusals: readonly number[] | undefined,
  isShortened: boolean,
): CallResult {
  const { status } = response;
  if (!refusals?.includes(status))
    return {
      response,
      ok: false,
      refused: false,
      reason: countUnexpected(name, response, expectedStatus, isShortened),
    };
  refusalCounter?.add(1, { name, status: String(status) });
  return { response, ok: false, refused: true, reason: `refused-${status}` };
}

/** The statuses that k6 expects by default. */
const isExpectedByDefault = (status: number) => status >= 200 && status < 400;

/**
 * Counts an unexpected response, and returns the reason why it is unexpected.
 * @param isShortened whether the request had less time than its timeout, because its scenario ended
 */
function countUnexpected(name: string, response: Response, expectedStatus: number, isShortened: boolean): string {
  const cause = errorKindOf(response.status, response.error_code, response.status === expectedStatus);
  const kind = isShortened && response.status === 0 && cause === 'timeout' ? 'unanswered' : cause;
  const reason = reasonTag(response.body ? response.json('error') : undefined, knownReasons) ?? kind;
  const code = String(response.status || response.error_code);
  unexpectedResponseCounter.add(1, { name, kind, code, reason });
  return reason;
}

function checkContract(name: string, validator: ContractValidator, response: Response): void {
  const violation = contractViolation(validator, response.body ?? '');
  contractRate?.add(violation === undefined, { name });
  if (violation !== undefined) console.warn(`${name} breaks its contract: ${violation}`);
}
