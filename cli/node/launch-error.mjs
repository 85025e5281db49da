/** A failure that is told to the user as its message alone. */
export class LaunchError extends Error {}

/** The user ended an installation. Thrown, so that what is half done is cleaned up on the way out. */
export class Interrupted extends Error {
  constructor(exitCode) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}
