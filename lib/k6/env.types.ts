/** Tests that mistakes in the variables of a product are type errors. tsc checks this file; nothing runs it. */
import type { Authentication } from '../core/definition/index.ts';
import { bearer } from './auth.ts';
import { defineVariables } from './env.ts';

const variables = defineVariables({
  API_TOKEN: { kind: 'secret', description: 'token of the API', local: 'local-token' },
  SHOP_IDS: { kind: 'ids', description: 'shops that receive traffic', default: '1-50' },
  LIMIT: { kind: 'integer', description: 'maximum number of items', default: '10' },
});

export const authentication: Authentication = bearer(variables.API_TOKEN);
export const ids: readonly string[] = variables.SHOP_IDS.value;
export const limit: number = variables.LIMIT.value;

// @ts-expect-error a misspelled name
export const misspelled = variables.API_TOKN;
// @ts-expect-error a list is not a credential
export const wrongKind = bearer(variables.SHOP_IDS);
// @ts-expect-error a name is not a declared variable
export const notDeclared = bearer('API_TOKEN');

defineVariables({
  // @ts-expect-error neither a local value nor a default
  WITHOUT_VALUE: { kind: 'text', description: 'a fixture' },
  // @ts-expect-error a pattern without its regular expression
  WITHOUT_PATTERN: { kind: 'pattern', description: 'a fixture', local: 'x' },
  // @ts-expect-error an unknown kind
  WRONG_KIND: { kind: 'number', description: 'a fixture', local: '1' },
});
