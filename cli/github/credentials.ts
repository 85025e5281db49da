/**
 * Settings of git, as environment variables, with which a job of GitHub Actions may push to its own server by the
 * token that it has: so that a checkout need not keep it in its configuration. Nothing where there is no such token,
 * and nothing for any other server.
 */
export function gitHubCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GITHUB_TOKEN: token, GITHUB_SERVER_URL: server, GIT_CONFIG_COUNT: count } = env;
  if (!token || !server) return {};
  const name = `http.${server.replace(/\/+$/, '')}/.extraheader`;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  // The empty one takes away what a checkout may have left: with two of them the server refuses.
  return withSettings(Number(count ?? 0), [
    [name, ''],
    [name, `Authorization: Basic ${basic}`],
  ]);
}

/** @param from how many settings the environment has already */
function withSettings(from: number, settings: readonly [name: string, value: string][]): NodeJS.ProcessEnv {
  const variables = settings.flatMap(([name, value], i) => [
    [`GIT_CONFIG_KEY_${from + i}`, name],
    [`GIT_CONFIG_VALUE_${from + i}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(from + settings.length), ...Object.fromEntries(variables) };
}
