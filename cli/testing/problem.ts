import assert from 'node:assert/strict';
import { Problem, type ProblemCode } from '../support/problem.ts';

/**
 * Returns a validator for assert.throws and assert.rejects, which checks that the error is a Problem with the given
 * message.
 * @param hides a text that the message must not contain
 */
export const problem =
  (message: string | RegExp, { code = 'USAGE', hides }: { code?: ProblemCode; hides?: string } = {}) =>
  (error: unknown): true => {
    assert.ok(error instanceof Problem, `${error}`);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.equal(error.code, code);
    if (hides !== undefined) assert.ok(!error.message.includes(hides), error.message);
    return true;
  };
