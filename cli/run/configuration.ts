import type { TargetDescription } from '../../lib/core/definition/index.ts';
import type { ConfigurationDetails, Result } from '../../lib/core/evidence/index.ts';
import { parsedOrNull } from '../support/json.ts';
import { causeOf } from '../support/network.ts';
import { answerOf, authHeaders } from '../support/requests.ts';
import type { Target } from './preflight.ts';

const PATIENCE_MS = 5000;

/**
 * Asks a target which of the environment variables that it requires are set. One that does not tell is noted, and
 * nothing else happens.
 */
export async function askConfiguration(
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
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body = await response.text();
    if (response.status !== 200) throw new Error(answerOf(response));
    return { configuration: namesIn(body) };
  } catch (error) {
    note(`the target did not tell which variables it lacks: GET ${path} ${causeOf(error)}`);
    return { configuration: null };
  }
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,79}$/;

/**
 * What a result may keep of the answer: names alone, whatever else is in it.
 * @throws Error where it is not of this form
 */
function namesIn(body: string): ConfigurationDetails {
  // Not what a parser says of it: that would tell what it found instead.
  const { required, missing } = (parsedOrNull(body) ?? {}) as Partial<Record<string, unknown>>;
  if (!areNames(required) || !areNames(missing))
    throw new Error('answered something else than {"required": [names], "missing": [names]}');
  return { required, missing };
}

const areNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string' && NAME.test(name));
