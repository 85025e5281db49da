import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What expressions of a job or a step may refer to. */
export interface Scope {
  contexts: Record<string, Json>;
  /** How what came before has ended. */
  status: 'success' | 'failure' | 'cancelled';
  hashFiles: (patterns: string[]) => string;
}

type Call = (args: string[], scope: Scope) => Json;

/** Functions of workflows; those that every expression has are part of the library. */
const FUNCTIONS: Record<string, Call> = {
  always: () => true,
  success: (_, { status }) => status === 'success',
  failure: (_, { status }) => status === 'failure',
  cancelled: (_, { status }) => status === 'cancelled',
  hashfiles: (patterns, { hashFiles }) => hashFiles(patterns),
};

const STATUS_FUNCTIONS = /\b(always|success|failure|cancelled)\s*\(/;

/** The value of an expression, without its braces. */
export function evaluate(expression: string, scope: Scope): Json {
  const infos = Object.keys(FUNCTIONS).map((name) => ({ name, minArgs: 0, maxArgs: 255 }));
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(scope.contexts), infos).parse();
  const functions = new Map(
    infos.map((info) => [info.name, { ...info, call: called(FUNCTIONS[info.name] as Call, scope) }]),
  );
  const value = new Evaluator(tree, toData(scope.contexts) as data.Dictionary, functions).evaluate();
  return JSON.parse(JSON.stringify(value, data.replacer));
}

const toData = (value: Json): data.ExpressionData => JSON.parse(JSON.stringify(value), data.reviver);

const called =
  (call: Call, scope: Scope) =>
  (...args: data.ExpressionData[]) =>
    toData(
      call(
        args.map((arg) => arg.coerceString()),
        scope,
      ),
    );

const ONE = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s;
const EACH = /\$\{\{(.*?)\}\}/gs;

/** A value of a workflow with its expressions evaluated: one that is nothing but an expression keeps its type. */
export function filled(value: Json, scope: Scope): Json {
  if (typeof value === 'string') {
    const [, whole] = ONE.exec(value) ?? [];
    if (whole !== undefined) return evaluate(whole, scope);
    return value.replace(EACH, (_, expression: string) => textOf(evaluate(expression, scope)));
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, scope));
  if (value !== null && typeof value === 'object') return filledEach(value, scope);
  return value;
}

export const filledEach = (values: Record<string, Json>, scope: Scope): Record<string, Json> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, filled(value, scope)]));

/** As it is given to an action or an environment variable. */
export const textOf = (value: Json): string => toData(value).coerceString();

/** Whether a job or a step is to run; one that says nothing of how the rest has ended does so where all went well. */
export function isWanted(condition: Json | undefined, scope: Scope): boolean {
  const text = condition === undefined ? 'success()' : textOf(condition).replace(ONE, '$1');
  const whole = STATUS_FUNCTIONS.test(text) ? text : `success() && (${text})`;
  return Boolean(evaluate(whole, scope));
}
