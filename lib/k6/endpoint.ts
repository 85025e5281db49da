import http, { type RefinedResponse } from 'k6/http';
import { errorKind } from '../core/errors.ts';
import type { Authentication, PlannedEndpoint } from '../core/plan.ts';
import { type Credentials, credentials } from './auth.ts';
import { breach, type Contract, type ContractFile, loadContract } from './contract.ts';
import { env } from './env.ts';
import { contractsHold, unexpectedAnswers } from './metrics.ts';
import { runningTest } from './running-test.ts';
import { random } from './visitor.ts';

export type Response = RefinedResponse<undefined>;

export interface Answer {
  response: Response;
  /** Status and body were as expected, or the status is a tolerated one. */
  ok: boolean;
  /** What a failed answer said of itself (`db_pool_timeout`), or its kind; empty where it is ok. */
  reason: string;
}

export interface EndpointOptions {
  auth: Authentication | Credentials;
  expectedStatus: number;
  /** Statuses that are no error either, whatever comes with them: a target may lack what is asked for. */
  toleratedStatuses?: number[];
  /**
   * A path into the body that a right answer has: a page that is wrong with status 200 is no answer. In the syntax
   * of gjson, as k6 takes it. For a list it ends in `.#`, the list's length: that costs far less than the list.
   */
  has: string;
  /** How long to wait for the answer. */
  timeout?: string;
  contract?: ContractFile;
  /** Distinguishes two uses of one route: `wrong signature`. */
  variant?: string;
}

export interface Endpoint extends PlannedEndpoint {
  /**
   * Sends one request and judges the answer.
   * @param id takes the place of `:id` in the route
   * @param body of a POST
   * @param query with its leading `?`
   */
  call(id?: string, body?: string, query?: string): Answer;
}

const DEFAULT_TIMEOUT = '30s';

const MAX_REASONS = 20;

// Neither a set nor a regular expression, which a VU that meets no error would pay for too.
const reasonsSeen: string[] = [];

/**
 * An endpoint, with everything that does not change from request to request made once: parameters and tags are the
 * larger part of what a request costs a VU. Answers are checked here and not by k6's `check`, which counts also all
 * that hold, at a tenth of the cost of a request: what is counted is what does not hold.
 * @param route method and route template: `GET /admin/bookings/:id`
 */
export function endpoint(route: `${'GET' | 'POST'} /${string}`, options: EndpointOptions): Endpoint {
  const isGet = route.startsWith('GET ');
  const name = options.variant ? `${route} (${options.variant})` : route;
  const { expectedStatus, toleratedStatuses, has, contract } = options;
  const { headers: fixedHeaders, sign } = 'scheme' in options.auth ? credentials(options.auth) : options.auth;
  const headers = isGet ? fixedHeaders : { 'Content-Type': 'application/json', ...fixedHeaders };
  const params = {
    headers,
    tags: { name },
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    // k6 reads every parameter again for every request, so there is none that repeats a default of its own.
    ...(isExpectedByDefault(expectedStatus) && !toleratedStatuses
      ? undefined
      : { responseCallback: http.expectedStatuses(expectedStatus, ...(toleratedStatuses ?? [])) }),
  };
  const isExpected = (response: Response) =>
    response.status === expectedStatus
      ? response.json(has) !== undefined
      : toleratedStatuses?.includes(response.status) === true;
  const template = env('API_URL') + route.slice(route.indexOf('/'));
  const idAt = template.indexOf(':id');
  const before = idAt < 0 ? template : template.slice(0, idAt);
  const after = idAt < 0 ? undefined : template.slice(idAt + ':id'.length);
  const holds = contract && runningTest.contractShare > 0 ? loadContract(contract) : undefined;
  // Every n-th response of a VU, from a random one on: cheaper than a draw for each.
  let untilContract = random();

  return {
    name,
    expectedStatus,
    ...(toleratedStatuses && { toleratedStatuses }),
    call(id, body, query) {
      if (sign) sign(headers, body ?? '');
      let url = after === undefined ? before : before + id + after;
      if (query !== undefined) url += query;
      // A GET with an empty body costs more than one with none.
      const response = isGet ? http.get(url, params) : http.post(url, body, params);
      const ok = isExpected(response);
      untilContract -= runningTest.contractShare;
      if (untilContract < 0) {
        untilContract += 1;
        if (ok && holds && response.status === expectedStatus) holdToContract(name, holds, response);
      }
      return { response, ok, reason: ok ? '' : unexpected(name, response, expectedStatus) };
    },
  };
}

/** What k6 takes for expected where nothing else is said. */
const isExpectedByDefault = (status: number) => status >= 200 && status < 400;

function unexpected(name: string, response: Response, expectedStatus: number): string {
  const kind = errorKind(response.status, response.error_code, response.status === expectedStatus);
  const reason = boundedReason(statedError(response)) ?? kind;
  const code = String(response.status || response.error_code);
  unexpectedAnswers.add(1, { name, kind, code, reason });
  return reason;
}

function statedError(response: Response): string | undefined {
  if (!response.body) return undefined;
  const error = response.json('error');
  // What a target may say of an error without becoming a tag of its own for every request.
  return typeof error === 'string' && /^[a-z][a-z0-9_-]{0,39}$/.test(error) ? error : undefined;
}

/** A target that makes up a new error code for every request must not flood the telemetry with tags. */
function boundedReason(reason: string | undefined): string | undefined {
  if (reason === undefined || reasonsSeen.includes(reason)) return reason;
  if (reasonsSeen.length >= MAX_REASONS) return undefined;
  reasonsSeen.push(reason);
  return reason;
}

function holdToContract(name: string, contract: Contract, response: Response): void {
  const complaint = breach(contract, response.body ?? '');
  contractsHold.add(complaint === undefined, { name });
  if (complaint !== undefined) console.warn(`${name} breaks its contract: ${complaint}`);
}
