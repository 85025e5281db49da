export function cacheFolder(env: NodeJS.ProcessEnv, platform?: NodeJS.Platform): string;
export function cacheProblem(error: unknown, folder: string): string | null;
