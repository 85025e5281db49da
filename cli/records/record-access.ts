import pg from 'pg';
import { type CleanUp, type Ledger, LOAD_RUN, readVariable } from '../../lib/core/definition/index.ts';
import { parsedOrNull } from '../support/json.ts';
import { authHeaders, responseText } from '../support/requests.ts';

/** How to access the records that a run created: through the API of the target, or in the database of the target. */
type RecordAccess = CleanUp | Ledger;

/** Returns the environment variables that are required to access the records. */
export function accessVariables(access: RecordAccess): string[] {
  if (access.through === 'sql') return ['TARGET_DATABASE_URL'];
  return access.auth.scheme === 'none' ? ['API_URL'] : ['API_URL', access.auth.variable];
}

export interface ApiResponse {
  /** A description of the response for messages, such as `DELETE /runs/1 returned HTTP 401`. */
  summary: string;
  /** The parsed JSON body; null if the body is not JSON or the status is not 200. */
  document: unknown;
}

type ApiAccess = Extract<RecordAccess, { through: 'api' }>;

export const accessPath = ({ path }: ApiAccess, runId: string): string =>
  path.replace(LOAD_RUN.parameter, encodeURIComponent(runId));

/**
 * Sends a request to the target's API.
 * @throws Error if there is no response
 */
export async function requestRecords(
  method: 'GET' | 'DELETE',
  access: ApiAccess,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const path = accessPath(access, runId);
  const response = await fetch(readVariable('API_URL', env) + path, {
    method,
    headers: authHeaders(access.auth, undefined, env),
    redirect: 'manual',
    signal,
  });
  const text = await response.text();
  return {
    summary: `${method} ${path} ${responseText(response)}`,
    document: response.status === 200 ? parsedOrNull(text) : null,
  };
}

/** Runs statements in the target's database. @throws Error if the database is unreachable or a statement fails */
export async function inDatabase<T>(
  env: NodeJS.ProcessEnv,
  { purpose, timeoutMs }: { purpose: string; timeoutMs: number },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: readVariable('TARGET_DATABASE_URL', env),
    connectionTimeoutMillis: 5000,
    query_timeout: timeoutMs,
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
