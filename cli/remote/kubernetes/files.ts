import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from '../../support/paths.ts';

/** Kubernetes' limit on the total size of a ConfigMap. */
export const MAX_CONFIG_MAP_BYTES = 1024 * 1024;

/** The files that k6 needs to run a test: the test's two bundles, and the files that these bundles open. */
export interface TestFiles {
  /** Name of the bundle that k6 runs. */
  entry: string;
  scripts: Record<string, string>;
  /** The content of each file, by path in dist/. */
  opened: Record<string, Buffer>;
}

/** Folders of dist/ with the files that tests may open, in a subfolder per product. */
const OPENED = ['contracts', 'data'];

/** Removes the reference to the source map. Source maps are not packed, and k6 would warn that the file is missing. */
const SOURCE_MAP_REFERENCE = /\n\/\/# sourceMappingURL=.*\s*$/;

/** Reads the files of a test, which must be bundled already. */
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

/** Stands for the slash of a path in the keys of a ConfigMap, which must not contain slashes. */
export const SLASH = '__';

/** Packs files for a ConfigMap: bundles as plain text, and the files that they open in compressed form. */
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
