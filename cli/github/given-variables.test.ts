import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problem } from '../testing/problem.ts';
import { adoptGivenVariables } from './given-variables.ts';

function adopt(env: Record<string, string | undefined>) {
  const lines: string[] = [];
  adoptGivenVariables(env, (line) => lines.push(line));
  return { env, lines };
}

test('each line of LOAD_SUITE_VARIABLES sets a variable, whose value is masked in the log of GitHub Actions', () => {
  const { env, lines } = adopt({
    GITHUB_ACTIONS: 'true',
    LOAD_SUITE_VARIABLES: '# of the shop\nAPI_KEY=k=5%2\r\n\n  SHOP_IDS=1-3\nLIMIT=7\n',
  });
  assert.deepEqual(env, { GITHUB_ACTIONS: 'true', API_KEY: 'k=5%2', SHOP_IDS: '1-3', LIMIT: '7' });
  assert.deepEqual(lines, ['::add-mask::k=5%252'], 'short values are not masked');
});

test('LOAD_SUITE_VARIABLES does not change variables that are already set, but replaces empty values', () => {
  const { env, lines } = adopt({ A: 'existing', B: '', LOAD_SUITE_VARIABLES: 'A=given\nB=given' });
  assert.deepEqual(env, { A: 'existing', B: 'given' });
  assert.deepEqual(lines, [], 'nothing is masked outside GitHub Actions');
});

test('without LOAD_SUITE_VARIABLES, the environment stays unchanged', () => {
  assert.deepEqual(adopt({ A: '1' }).env, { A: '1' });
});

test('the error about an invalid line of LOAD_SUITE_VARIABLES has the line number, but not the text', () => {
  for (const line of ['hidden', 'api_key=hidden', '=hidden'])
    assert.throws(
      () => adopt({ LOAD_SUITE_VARIABLES: `A=1\n${line}` }),
      problem(/^Line 2 of LOAD_SUITE_VARIABLES is not NAME=value\./, { hides: 'hidden' }),
    );
});
