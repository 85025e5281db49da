import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertValidDeclaration,
  type DeclaredVariable,
  readableVariablesOf,
  secretVariableNames,
  type VariableDeclaration,
  variableProblems,
  withProductDefaults,
} from './product-variables.ts';

const declarationOf = (name: string, parts: Partial<VariableDeclaration> = {}): DeclaredVariable =>
  ({ name, kind: 'text', description: 'a fixture', local: 'x', ...parts }) as DeclaredVariable;

const TOKEN = declarationOf('API_TOKEN', {
  kind: 'secret',
  description: 'token of the API',
  expects: 'a token without whitespace',
  local: 'local-token',
});
const SHOPS: DeclaredVariable = {
  name: 'SHOP_IDS',
  kind: 'ids',
  description: 'shops that receive traffic',
  default: '1-3',
};
const declared = [TOKEN, SHOPS];
const STAGING = { TEST_ENV: 'staging', API_URL: 'https://api.example.com' };

const read = (variable: DeclaredVariable, text: string) =>
  readableVariablesOf({ [variable.name]: text }, [variable])[variable.name];

const VALUES: [kind: Partial<VariableDeclaration>, good: [text: string, value: unknown][], bad: string[]][] = [
  [{ kind: 'text' }, [['Main Street', 'Main Street']], ['two\nlines']],
  [{ kind: 'secret' }, [['t0ken', 't0ken']], ['two words']],
  [{ kind: 'url', local: 'http://a' }, [['http://a.example/', 'http://a.example']], ['a.example', 'http://u:p@a']],
  [{ kind: 'list' }, [['a@x, b@x', ['a@x', 'b@x']]], ['a,,b']],
  [
    { kind: 'ids' },
    [
      ['3-5', ['3', '4', '5']],
      ['a,b', ['a', 'b']],
    ],
    ['5-3', 'a b', '1-999999'],
  ],
  [{ kind: 'integer', local: '1' }, [['42', 42]], ['4.2', '-1']],
  [{ kind: 'pattern', pattern: 'S\\d+|none', local: 'S1' }, [['S12', 'S12']], ['S12x', 'nones', '1S']],
];

for (const [declaration, good, bad] of VALUES)
  test(`variables of the kind ${declaration.kind} accept valid values and reject others`, () => {
    const variable = declarationOf('VALUE', declaration);
    assertValidDeclaration(variable);
    for (const [text, value] of good) assert.deepEqual(read(variable, text), value, text);
    for (const text of bad) {
      assert.equal(read(variable, text), undefined, text);
      assert.match(variableProblems(['VALUE'], { VALUE: text }, [variable]).join(), /^VALUE is .*, but it must be /s);
    }
  });

test('a local value applies only in the local environment, a default in all environments', () => {
  assert.deepEqual(readableVariablesOf({}, declared).API_TOKEN, 'local-token');
  assert.deepEqual(readableVariablesOf(STAGING, declared).API_TOKEN, undefined);
  assert.deepEqual(readableVariablesOf(STAGING, declared).SHOP_IDS, ['1', '2', '3']);
  assert.deepEqual(withProductDefaults({ SHOP_IDS: '' }, declared), {
    API_TOKEN: 'local-token',
    SHOP_IDS: '1-3',
  });
  assert.deepEqual(withProductDefaults({ ...STAGING, SHOP_IDS: '7' }, declared), {
    ...STAGING,
    SHOP_IDS: '7',
  });
});

test('all problems are reported at once, with the descriptions from the declarations', () => {
  assert.deepEqual(variableProblems(['API_URL', 'API_TOKEN', 'SHOP_IDS'], { ...STAGING, SHOP_IDS: '?' }, declared), [
    'API_TOKEN is not set (token of the API). Set it to a token without whitespace.',
    'SHOP_IDS is "?", but it must be a range such as 1-50, or a comma-separated list of ids.',
  ]);
});

test('messages do not contain the value of a secret', () => {
  const [problem] = variableProblems(['API_TOKEN'], { API_TOKEN: 'top secret' }, declared);
  assert.equal(
    problem,
    'API_TOKEN is a secret of 10 characters (not shown), but it must be a token without whitespace.',
  );
});

test('secretVariableNames contains the secrets of the suite and of the product', () => {
  const names = secretVariableNames(declared);
  assert.ok(names.includes('API_TOKEN') && names.includes('TARGET_DATABASE_URL'));
  assert.ok(!names.includes('SHOP_IDS') && !names.includes('API_URL'));
});

const REJECTED: [variable: DeclaredVariable, reason: RegExp][] = [
  ...['K6_TOKEN', 'OTEL_SERVICE_NAME', 'API_URL', 'TEST_ENV', 'RUN_ID', 'GITHUB_TOKEN', 'PATH', 'DATABASE_URL'].map(
    (name): [DeclaredVariable, RegExp] => [
      declarationOf(name),
      new RegExp(
        `^${name} cannot be a variable of a product: load-suite, or a program that it starts, already uses this name`,
      ),
    ],
  ),
  [declarationOf('apiToken'), /a name must consist of capital letters, digits and underscores/],
  [
    declarationOf('SHOPS', { kind: 'ids', local: 'a b' }),
    /its local value is "a b", but it must be a range such as 1-50/,
  ],
  [
    { name: 'LIMIT', kind: 'integer', description: 'a fixture', default: 'ten' },
    /its default value is "ten", but it must be a whole number\.$/,
  ],
  [
    declarationOf('CODE', { kind: 'pattern', pattern: '(' }),
    /its pattern is "\(", but it must be a regular expression/,
  ],
];

for (const [variable, message] of REJECTED)
  test(`a declaration of ${variable.name} is rejected: ${message.source.slice(0, 60)}`, () => {
    assert.throws(() => assertValidDeclaration(variable), { name: 'VariableError', message });
  });

test('names that only begin with a reserved name are accepted', () => {
  for (const name of ['K6', 'PATHS', 'CITY', 'PORTAL', 'API_URL_2']) assertValidDeclaration(declarationOf(name));
});
