import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from '../../support/paths.ts';

/** The maximum total size of a ConfigMap, which Kubernetes enforces. */
export const MAX_CONFIG_MAP_BYTES = 1024 * 1024;

/** The files that k6 needs to run a test: the two bundles of the test, and the files that the bundles open. */
export interface TestFiles {
  /** The name of the bundle that k6 runs. */
  entry: string;
  scripts: Record<string, string>;
  /** The content of each file that the bundles open, by path in dist/. */
  opened: Record<string, Buffer>;
}

/** The folders in dist/ with the files that tests may open. Each folder has one subfolder per product. */
const OPENED = ['contracts', 'data'];

/**
 * Matches the reference to the source map at the end of a bundle. The reference is removed, because source maps are not
 * packed and k6 would warn about the missing file.
 */
const SOURCE_MAP_REFERENCE = /\n\/\/# sourceMappingURL=.*\s*$/;

/** Reads the files of a test. The test must already be bundled. */
export async function filesOf(product: string, test: string): Promise<TestFiles> {
  const entry = `${test}.js`;
  const bundles = [entry, `${test}.description.js`];
  const scripts = await Promise.all(
    bundles.map(async (name) => [name, await readScript(path.join(product, name))] as const),
  );
  const opened = await Promise.all(OPENED.map((folder) => filesIn(`${folder}/${product}`)));
  return { entry, scripts: Object.fromEntries(scripts), opened: Object.fromEntries(opened.flat()) };
}

const readScript = async (file: string) =>
  (await readFile(path.join(DIST, file), 'utf8')).replace(SOURCE_MAP_REFERENCE, '\n');

async function filesIn(folder: string): Promise<[string, Buffer][]> {
  const names = await readdir(path.join(DIST, folder)).catch(() => []);
  return Promise.all(
    names
      .filter((name) => /^\w.*\.(js|txt)$/.test(name))
      .sort()
      .map(async (name): Promise<[string, Buffer]> => {
        const file = `${folder}/${name}`;
        return [
          file,
          name.endsWith('.js') ? Buffer.from(await readScript(file)) : await readFile(path.join(DIST, file)),
        ];
      }),
  );
}

/** The text that replaces "/" in paths that are keys of a ConfigMap, because such keys must not contain slashes. */
export const SLASH = '__';

/**
 * Packs the files of a test for a ConfigMap: bundles as plain text, and the files that the bundles open in compressed
 * form.
 */
export function packed({ scripts, opened }: TestFiles): {
  data: Record<string, string>;
  binaryData: Record<string, string>;
  bytes: number;
} {
  const archives = Object.entries(opened).map(
    ([file, content]) => [`${file.replaceAll('/', SLASH)}.gz`, gzipSync(content, { level: 9 })] as const,
  );
  return {
    data: scripts,
    binaryData: Object.fromEntries(archives.map(([key, content]) => [key, content.toString('base64')])),
    bytes:
      Object.values(scripts).reduce((sum, content) => sum + Buffer.byteLength(content), 0) +
      archives.reduce((sum, [, content]) => sum + content.length, 0),
  };
}
