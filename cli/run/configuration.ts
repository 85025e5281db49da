import type { TargetDescription } from '../../lib/core/definition/index.ts';
import type { ConfigurationDetails, Result } from '../../lib/core/evidence/index.ts';
import { parsedOrNull } from '../support/json.ts';
import { causeOf } from '../support/network.ts';
import { authHeaders, responseText } from '../support/requests.ts';
import type { Target } from './preflight.ts';

const TIMEOUT_MS = 5000;

/**
 * Asks the target which of its required environment variables are missing. If the request fails, adds a note to the
 * result and continues the run.
 */
export async function readTargetConfiguration(
  { configuration }: TargetDescription,
  { url, env }: Pick<Target, 'url' | 'env'>,
  note: (text: string) => void,
): Promise<Pick<Result['details'], 'configuration'>> {
  if (!configuration) return {};
  const { path, auth } = configuration;
  try {
    const response = await fetch(url + path, {
      headers: authHeaders(auth, undefined, env),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await response.text();
    if (response.status !== 200) throw new Error(responseText(response));
    return { configuration: parseVariableNames(body) };
  } catch (error) {
    note(`the target did not report its missing variables: GET ${path} ${causeOf(error)}`);
    return { configuration: null };
  }
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,79}$/;

/**
 * Returns the variable names in the response, and drops all other content, which could be secret.
 * @throws Error if the response does not have the expected structure
 */
function parseVariableNames(body: string): ConfigurationDetails {
  // Do not use the error message of the JSON parser, because it quotes the response, which may contain secrets.
  const { required, missing } = (parsedOrNull(body) ?? {}) as Partial<Record<string, unknown>>;
  if (!areNames(required) || !areNames(missing))
    throw new Error('did not return {"required": [names], "missing": [names]}');
  return { required, missing };
}

const areNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string' && NAME.test(name));
