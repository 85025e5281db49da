/** An error of which the user sees only the message. */
export class LaunchError extends Error {}

/** The user interrupted an installation. Thrown, so that `finally` blocks clean up the incomplete installation. */
export class Interrupted extends Error {
  constructor(exitCode) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}
