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
import { type Credentials, credentials } from './auth.ts';
import type { CallResult, Response } from './call-result.ts';
import { type ContractFile, loadContract } from './contract.ts';
import { env, optionalEnv } from './env.ts';
import type { Form } from './form.ts';
import {
  createContractRate,
  createDegradedCounter,
  createRefusalCounter,
  unexpectedResponseCounter,
} from './metrics.ts';
import { randomDuringInit } from './per-vu.ts';
import { runningTest } from './running-test.ts';

/** How the requests of an endpoint are sent, and which responses are expected. */
export interface EndpointOptions {
  /** How a request proves who sends it: `none`, `bearer(…)`, or the credentials of a `heldToken()`. */
  auth: Authentication | Credentials;
  /** Status of a correct response. Default: 200 */
  expectedStatus?: number;
  /** Statuses that are not errors either, whatever the body: 404, where the target may lack a record. */
  toleratedStatuses?: number[];
  /** Statuses with which the target refuses by design, such as 429: not errors, and counted separately. */
  refusals?: number[];
  /**
   * A path that the body of a correct response has, in the syntax of gjson: without it, an error page with status 200 is
   * an error. For a list, end the path with `.#`, its length, which costs far less than the list. Absent where the
   * status alone is enough, such as 204.
   */
  has?: string;
  /** A path into the body of a correct response: where the value is `true`, the response counts as degraded. */
  degraded?: string;
  /** Kind of record that a correct response has created. The request carries the id of the run, so that the target can mark the record. */
  creates?: string;
  /** Type of the body, where the method has one. Default: `json` */
  body?: 'json' | 'form' | 'none';
  /** How long to wait for the response. Default: `30s` */
  timeout?: string;
  /** JSON Schema of a correct response. A share of the responses, `contractShare` of the test, is checked against it. */
  contract?: ContractFile;
  /** Distinguishes two uses of one route: `wrong signature`. */
  variant?: string;
}

/** One route of the target. Its requests are counted together, under its name. */
export interface Endpoint {
  /** Method and route template, and its variant where it has one. */
  name: string;
  options: EndpointOptions;
  /**
   * Sends one request and judges the response.
   * @param id value of the parameter in the route; a list, in order, where the route has several
   * @param body JSON as text, or the fields of a form
   * @param query with its leading `?`
   */
  call(id?: string | readonly string[], body?: string | Form, query?: string): CallResult;
}

type Route = `${Method} /${string}`;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** k6's functions, in the order of what they take: only GET and DELETE differ. */
const SENDERS = { POST: http.post, PUT: http.put, PATCH: http.patch, DELETE: http.del } as const;

const DEFAULT_TIMEOUT = '30s';

// An array, because a VU that meets no error would pay for a set too.
const reasonsSeen: string[] = [];

/** Made with the first endpoint that has what they count. What endpoints can share, a VU holds once. */
let refusalCounter: Counter | undefined;
let degradedCounter: Counter | undefined;
let contractRate: Rate | undefined;

/**
 * Defines an endpoint. Call it at the top level of a module, because k6 creates metrics and loads contracts only while it
 * creates VUs. Everything else waits for the first call, so that VUs start sooner.
 * @param route method and route template: `GET /orders/:id`
 */
export function endpoint(route: Route, options: EndpointOptions): Endpoint {
  const name = options.variant ? `${route} (${options.variant})` : route;
  const { refusals, degraded, contract } = options;
  const holds = contract && runningTest.contractShare > 0 ? loadContract(contract) : undefined;
  if (holds) contractRate ??= createContractRate();
  if (refusals) refusalCounter ??= createRefusalCounter();
  if (degraded !== undefined) degradedCounter ??= createDegradedCounter();
  const made: Endpoint = {
    name,
    options,
    call(id, body, query) {
      made.call = callerOf(route, made, holds);
      return made.call(id, body, query);
    },
  };
  return made;
}

/**
 * Everything that does not change from request to request is made once: parameters and tags are the larger part of
 * what a request costs a VU. Answers are checked here and not by k6's `check`, which counts also all that hold, at a
 * tenth of the cost of a request: what is counted is what does not hold.
 */
function callerOf(
  route: Route,
  { name, options }: Endpoint,
  holds: ContractValidator | undefined,
): Endpoint['call'] {
  const method = route.slice(0, route.indexOf(' ')) as Method;
  const path = route.slice(route.indexOf('/'));
  const {
    expectedStatus = DEFAULT_EXPECTED_STATUS,
    toleratedStatuses,
    refusals,
    has,
    degraded,
    creates,
  } = options;
  const { headers: fixedHeaders, sign } = 'scheme' in options.auth ? credentials(options.auth) : options.auth;
  const isJson = method !== 'GET' && method !== 'DELETE' && (options.body ?? 'json') === 'json';
  const run = creates === undefined ? undefined : optionalEnv('RUN_ID');
  const headers: Record<string, string> = isJson
    ? { 'Content-Type': 'application/json', ...fixedHeaders }
    : { ...fixedHeaders };
  if (run !== undefined) headers[LOAD_RUN.header] = run;
  const params = {
    headers,
    tags: { name },
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    // k6 reads every parameter again for every request, so there is none that repeats a default of its own.
    ...(isExpectedByDefault(expectedStatus) && !toleratedStatuses && !refusals
      ? undefined
      : {
          responseCallback: http.expectedStatuses(
            expectedStatus,
            ...(toleratedStatuses ?? []),
            ...(refusals ?? []),
          ),
        }),
  };
  const [before = '', after, ...others] = splitRoute(env('API_URL') + path);
  const several = others.length > 0 ? [after ?? '', ...others] : undefined;
  const isGet = method === 'GET';
  const send = isGet ? http.post : SENDERS[method];
  const { contractShare } = runningTest;
  // Every n-th response of a VU, from a random one on: cheaper than a draw for each.
  let untilContract = randomDuringInit();

  return (id, body, query) => {
    if (sign) sign(headers, body);
    let url = after === undefined ? before : several ? before + fillRoute(several, id) : before + id + after;
    if (query !== undefined) url += query;
    // A GET with an empty body costs more than one with none.
    const response = isGet ? http.get(url, params) : send(url, body, params);
    // Read once: what comes from k6 costs more than what is here.
    const { status } = response;
    const ok =
      status === expectedStatus
        ? has === undefined || response.json(has) !== undefined
        : toleratedStatuses?.includes(status) === true;
    untilContract -= contractShare;
    if (untilContract < 0) {
      untilContract += 1;
      if (ok && holds && status === expectedStatus) holdToContract(name, holds, response);
    }
    if (!ok) return notOk(name, response, expectedStatus, refusals);
    if (degraded !== undefined && status === expectedStatus && response.json(degraded) === true)
      degradedCounter?.add(1, { name });
    return { response, ok, refused: false, reason: '' };
  };
}

function notOk(
  name: string,
  response: Response,
  expectedStatus: number,
  refusals: readonly number[] | undefined,
): CallResult {
  const { status } = response;
  if (!refusals?.includes(status))
    return { response, ok: false, refused: false, reason: unexpected(name, response, expectedStatus) };
  refusalCounter?.add(1, { name, status: String(status) });
  return { response, ok: false, refused: true, reason: `refused-${status}` };
}

/** What k6 takes for expected where nothing else is said. */
const isExpectedByDefault = (status: number) => status >= 200 && status < 400;

function unexpected(name: string, response: Response, expectedStatus: number): string {
  const kind = errorKindOf(response.status, response.error_code, response.status === expectedStatus);
  const reason = reasonTag(response.body ? response.json('error') : undefined, reasonsSeen) ?? kind;
  const code = String(response.status || response.error_code);
  unexpectedResponseCounter.add(1, { name, kind, code, reason });
  return reason;
}

function holdToContract(name: string, contract: ContractValidator, response: Response): void {
  const complaint = contractViolation(contract, response.body ?? '');
  contractRate?.add(complaint === undefined, { name });
  if (complaint !== undefined) console.warn(`${name} breaks its contract: ${complaint}`);
}
