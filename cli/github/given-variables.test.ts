import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problem } from '../testing/problem.ts';
import { adoptGivenVariables } from './given-variables.ts';

function adopted(env: Record<string, string | undefined>) {
  const said: string[] = [];
  adoptGivenVariables(env, (line) => said.push(line));
  return { env, said };
}

test('each line sets a variable, and GitHub is told to mask its value', () => {
  const { env, said } = adopted({
    GITHUB_ACTIONS: 'true',
    LOAD_SUITE_VARIABLES: '# of the shop\nAPI_KEY=k=5%2\r\n\n  SHOP_IDS=1-3\nLIMIT=7\n',
  });
  assert.deepEqual(env, { GITHUB_ACTIONS: 'true', API_KEY: 'k=5%2', SHOP_IDS: '1-3', LIMIT: '7' });
  assert.deepEqual(said, ['::add-mask::k=5%252'], 'values of three characters are in many numbers');
});

test('a variable that is set by itself stays, and an empty one counts as not set', () => {
  const { env, said } = adopted({ A: 'own', B: '', LOAD_SUITE_VARIABLES: 'A=given\nB=given' });
  assert.deepEqual(env, { A: 'own', B: 'given' });
  assert.deepEqual(said, [], 'no masks outside of GitHub Actions');
});

test('without such a variable nothing changes', () => {
  assert.deepEqual(adopted({ A: '1' }).env, { A: '1' });
});

test('a line that is none is named by its number, and not repeated', () => {
  for (const line of ['hidden', 'api_key=hidden', '=hidden'])
    assert.throws(
      () => adopted({ LOAD_SUITE_VARIABLES: `A=1\n${line}` }),
      problem(/^Line 2 of LOAD_SUITE_VARIABLES is not NAME=value\./, { hides: 'hidden' }),
    );
});
