import { check } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { errorKind } from '../core/errors.ts';
import type { Authentication, PlannedEndpoint } from '../core/plan.ts';
import { type Credentials, credentials } from './auth.ts';
import { breach, type Contract } from './contract.ts';
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
  /** A JSON path that the body of a right answer has: a page that is wrong with status 200 is no answer. */
  has: string;
  /** How long to wait for the answer. */
  timeout?: string;
  contract?: Contract;
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

/** What a target may say of an error without becoming a tag of its own for every request. */
const REASON = /^[a-z][a-z0-9_-]{0,39}$/;
const MAX_REASONS = 20;

const reasonsSeen = new Set<string>();

/**
 * An endpoint, with everything that does not change from request to request made once: parameters, tags and
 * checks are the larger part of what a request costs a VU.
 * @param route method and route template: `GET /admin/bookings/:id`
 */
export function endpoint(route: `${'GET' | 'POST'} /${string}`, options: EndpointOptions): Endpoint {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string];
  const name = options.variant ? `${route} (${options.variant})` : route;
  const { expectedStatus, toleratedStatuses = [], has, contract } = options;
  const statuses = [expectedStatus, ...toleratedStatuses];
  const { headers: fixedHeaders, sign } = 'scheme' in options.auth ? credentials(options.auth) : options.auth;
  const headers = method === 'POST' ? { 'Content-Type': 'application/json', ...fixedHeaders } : fixedHeaders;
  const params = {
    headers,
    tags: { name },
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    // k6 reads every parameter again for every request, so there is none that repeats a default of its own.
    ...(statuses.every(isExpectedByDefault) ? {} : { responseCallback: http.expectedStatuses(...statuses) }),
  };
  const expectation = {
    [name]: (response: Response) =>
      response.status === expectedStatus
        ? response.json(has) !== undefined
        : toleratedStatuses.includes(response.status),
  };
  const [before, after] = `${env('API_URL')}${path}`.split(':id') as [string, string?];
  const isGet = method === 'GET';
  // Every n-th response of a VU, from a random one on: cheaper than a draw for each.
  let untilContract = random();

  return {
    name,
    expectedStatus,
    toleratedStatuses,
    call(id, body, query) {
      if (sign) sign(headers, body ?? '');
      let url = after === undefined ? before : before + id + after;
      if (query !== undefined) url += query;
      // A GET with an empty body costs more than one with none.
      const response = isGet ? http.get(url, params) : http.post(url, body, params);
      const ok = check(response, expectation);
      untilContract -= runningTest.contractShare;
      if (untilContract < 0) {
        untilContract += 1;
        if (ok && contract && response.status === expectedStatus) holdToContract(name, contract, response);
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
  return typeof error === 'string' && REASON.test(error) ? error : undefined;
}

/** A target that makes up a new error code for every request must not flood the telemetry with tags. */
function boundedReason(reason: string | undefined): string | undefined {
  if (reason === undefined || reasonsSeen.has(reason)) return reason;
  if (reasonsSeen.size >= MAX_REASONS) return undefined;
  reasonsSeen.add(reason);
  return reason;
}

function holdToContract(name: string, contract: Contract, response: Response): void {
  const complaint = breach(contract, response.body ?? '');
  contractsHold.add(complaint === undefined, { name });
  if (complaint !== undefined) console.warn(`${name} breaks its contract: ${complaint}`);
}
