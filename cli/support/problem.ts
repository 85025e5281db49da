/** Exit codes of every command. Scripts and CI depend on them. */
export const EXIT = {
  /** No critical criterion failed. */
  ok: 0,
  /** Usage, configuration or environment is wrong, so the target was not tested. */
  usage: 2,
  /** The result does not support a verdict on the target: it is INVALID or INCONCLUSIVE. */
  undecided: 3,
  /** A critical criterion failed. k6 uses the same code for failed thresholds. */
  failed: 99,
  interrupted: 130,
} as const;

/** The codes of all problems, each with the exit code and a description of the problem. */
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

/** An error that the user can fix. The message says what was wrong, what was expected and what to do. */
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

/** Returns the system code of an error, such as `ENOSPC`; undefined if the error has none. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
