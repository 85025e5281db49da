/** Exit codes of the suite: a contract with scripts and CI. */
export const EXIT = {
  /** No critical criterion failed. */
  ok: 0,
  /** Usage, configuration or surroundings: nothing was learnt about the target. */
  usage: 2,
  /** There is a result, and it supports no verdict: INVALID or INCONCLUSIVE. */
  undecided: 3,
  /** A critical criterion failed; k6's own code for a failed threshold. */
  failed: 99,
  interrupted: 130,
} as const;

/** Every kind of problem: the exit code of the command that it ends, and when it is used. */
export const PROBLEMS = {
  USAGE: { exitCode: EXIT.usage, when: 'an argument, an option, a variable or a file is missing or wrong' },
  K6_UNAVAILABLE: { exitCode: EXIT.usage, when: 'no k6 could be found, downloaded or built' },
  LINTER_UNAVAILABLE: { exitCode: EXIT.usage, when: 'a linter of `npm test` could not be installed' },
  NO_RESPONSE: {
    exitCode: EXIT.undecided,
    when: 'the target or the cluster does not respond as expected, so nothing was measured or removed',
  },
  NOT_COMPARABLE: { exitCode: EXIT.undecided, when: 'runs cannot be compared, or a run is INVALID' },
  INTERRUPTED: { exitCode: EXIT.interrupted, when: 'the user interrupted the command' },
} as const satisfies Record<string, { exitCode: number; when: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** An error that the user can fix: the message says what was wrong, what was expected and what to do. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;

  constructor(message: string, code: ProblemCode = 'USAGE') {
    super(message);
    this.code = code;
  }

  get exitCode(): number {
    return PROBLEMS[this.code].exitCode;
  }
}

/** The system's code of an error (`ENOSPC`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
