import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The data that expressions in a job or a step can read. */
export interface ExpressionScope {
  contexts: Record<string, Json>;
  /** Outcome of the preceding jobs or steps. */
  status: 'success' | 'failure' | 'cancelled';
  hashFiles: (patterns: string[]) => string;
}

type WorkflowFunction = (args: string[], scope: ExpressionScope) => Json;

/** Expression functions that exist only in workflows. The library implements all other functions. */
const FUNCTIONS: Record<string, WorkflowFunction> = {
  always: () => true,
  success: (_, { status }) => status === 'success',
  failure: (_, { status }) => status === 'failure',
  cancelled: (_, { status }) => status === 'cancelled',
  hashfiles: (patterns, { hashFiles }) => hashFiles(patterns),
};

const STATUS_FUNCTIONS = /\b(always|success|failure|cancelled)\s*\(/;

/** Evaluates an expression that is written without `${{ }}`. */
export function evaluate(expression: string, scope: ExpressionScope): Json {
  const infos = Object.keys(FUNCTIONS).map((name) => ({ name, minArgs: 0, maxArgs: 255 }));
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(scope.contexts), infos).parse();
  const functions = new Map(
    infos.map((info) => [info.name, { ...info, call: bindScope(FUNCTIONS[info.name] as WorkflowFunction, scope) }]),
  );
  const value = new Evaluator(tree, toData(scope.contexts) as data.Dictionary, functions).evaluate();
  return JSON.parse(JSON.stringify(value, data.replacer));
}

const toData = (value: Json): data.ExpressionData => JSON.parse(JSON.stringify(value), data.reviver);

const bindScope =
  (call: WorkflowFunction, scope: ExpressionScope) =>
  (...args: data.ExpressionData[]) =>
    toData(
      call(
        args.map((arg) => arg.coerceString()),
        scope,
      ),
    );

const SINGLE_EXPRESSION = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s;
const EXPRESSIONS = /\$\{\{(.*?)\}\}/gs;

/**
 * Evaluates all expressions in a value of a workflow file. A string that consists of a single expression is replaced by
 * the result, which may be a number, boolean or object.
 */
export function evaluateIn(value: Json, scope: ExpressionScope): Json {
  if (typeof value === 'string') {
    const [, whole] = SINGLE_EXPRESSION.exec(value) ?? [];
    if (whole !== undefined) return evaluate(whole, scope);
    return value.replace(EXPRESSIONS, (_, expression: string) => toText(evaluate(expression, scope)));
  }
  if (Array.isArray(value)) return value.map((item) => evaluateIn(item, scope));
  if (value !== null && typeof value === 'object') return evaluateAll(value, scope);
  return value;
}

export const evaluateAll = (values: Record<string, Json>, scope: ExpressionScope): Record<string, Json> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, evaluateIn(value, scope)]));

/** Converts a value to a string in the same way that GitHub converts action inputs and environment variables. */
export const toText = (value: Json): string => toData(value).coerceString();

/**
 * Whether a job or a step runs. If its condition calls no status function such as `always()`, the preceding jobs or
 * steps must also have succeeded.
 */
export function shouldRun(condition: Json | undefined, scope: ExpressionScope): boolean {
  const text = condition === undefined ? 'success()' : toText(condition).replace(SINGLE_EXPRESSION, '$1');
  const whole = STATUS_FUNCTIONS.test(text) ? text : `success() && (${text})`;
  return Boolean(evaluate(whole, scope));
}
