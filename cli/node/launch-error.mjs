/** An error for which the launcher prints only the message, without a stack trace. */
export class LaunchError extends Error {}

/** Thrown when the user interrupts an installation, so that `finally` blocks clean up the incomplete installation. */
export class Interrupted extends Error {
  constructor(exitCode) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}
