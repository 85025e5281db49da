/**
 * Returns environment variables that make git send the token of the job to the GitHub server, and to no other server.
 * The checkout therefore need not store the token. Returns no variables if the environment has no token.
 */
export function gitHubCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GITHUB_TOKEN: token, GITHUB_SERVER_URL: server, GIT_CONFIG_COUNT: count } = env;
  if (!token || !server) return {};
  const name = `http.${server.replace(/\/+$/, '')}/.extraheader`;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  // The empty value removes an authorization header that the checkout may have configured. The server would refuse two
  // headers.
  return withSettings(Number(count ?? 0), [
    [name, ''],
    [name, `Authorization: Basic ${basic}`],
  ]);
}

/**
 * Returns environment variables that add git settings. @param from the number of git settings that the environment
 * already has
 */
function withSettings(from: number, settings: readonly [name: string, value: string][]): NodeJS.ProcessEnv {
  const variables = settings.flatMap(([name, value], i) => [
    [`GIT_CONFIG_KEY_${from + i}`, name],
    [`GIT_CONFIG_VALUE_${from + i}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(from + settings.length), ...Object.fromEntries(variables) };
}
