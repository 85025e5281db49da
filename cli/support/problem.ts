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

/** Something its reader can mend: the message says what was wrong, what was expected and what to do. */
export class Problem extends Error {
  override name = 'Problem';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The system's code of an error (`ENOSPC`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
