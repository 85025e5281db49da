export function cacheFolder(env: NodeJS.ProcessEnv, platform?: NodeJS.Platform): string;
export function cacheProblem(error: unknown, folder: string): string | null;
export function draftPrefix(folder: string): string;
export function removeDrafts(folder: string): Promise<void>;
