import pg from 'pg';
import { type CleanUp, type Ledger, LOAD_RUN, readVariable } from '../../lib/core/definition/index.ts';
import { parsedOrNull } from '../support/json.ts';
import { answerOf, authHeaders } from '../support/requests.ts';

/** How the records that a run has created are reached in the target: by its API, or in its database. */
type Access = CleanUp | Ledger;

/** Environment variables without which they are not reached. */
export function variablesOf(access: Access): string[] {
  if (access.through === 'sql') return ['TARGET_DATABASE_URL'];
  return access.auth.scheme === 'none' ? ['API_URL'] : ['API_URL', access.auth.variable];
}

export interface Answer {
  /** As told to a person: `DELETE /runs/1 answered 401`. */
  told: string;
  /** Null where it is no JSON, or its status is another than 200. */
  document: unknown;
}

type ApiAccess = Extract<Access, { through: 'api' }>;

export const placeOf = ({ path }: ApiAccess, runId: string): string =>
  path.replace(LOAD_RUN.parameter, encodeURIComponent(runId));

/** @throws where no answer comes */
export async function askApi(
  method: 'GET' | 'DELETE',
  access: ApiAccess,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Answer> {
  const place = placeOf(access, runId);
  const response = await fetch(readVariable('API_URL', env) + place, {
    method,
    headers: authHeaders(access.auth, undefined, env),
    redirect: 'manual',
    signal,
  });
  const text = await response.text();
  return {
    told: `${method} ${place} ${answerOf(response)}`,
    document: response.status === 200 ? parsedOrNull(text) : null,
  };
}

/** One piece of work in the target's database. @throws where it cannot be reached, or the work fails */
export async function inDatabase<T>(
  env: NodeJS.ProcessEnv,
  { purpose, patienceMs }: { purpose: string; patienceMs: number },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: readVariable('TARGET_DATABASE_URL', env),
    connectionTimeoutMillis: 5000,
    query_timeout: patienceMs,
    application_name: `load-suite-${purpose}`,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
