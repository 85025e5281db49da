export class LaunchError extends Error {}
export class Interrupted extends Error {}
