import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from '../../support/paths.ts';

/** Kubernetes' limit on all that one ConfigMap holds. */
export const CONFIG_MAP_BYTES = 1024 * 1024;

/** A test as k6 needs it: its two editions side by side, and what they open relative to that. */
export interface TestFiles {
  /** Name of the edition that k6 is given. */
  entry: string;
  scripts: Record<string, string>;
  /** Path from dist/ to content. */
  opened: Record<string, Buffer>;
}

/** Folders of dist/ with what the tests of a product may open. */
const OPENED = ['contracts', 'data'];

/** Where k6 runs without the sources, a map to them is of no use, and what refers to one would be a warning. */
const MAP = /\n\/\/# sourceMappingURL=.*\s*$/;

/** Reads the bundles of a test, which have been made. */
export async function filesOf(product: string, test: string): Promise<TestFiles> {
  const entry = `${test}.js`;
  const editions = [entry, `${test}.description.js`];
  const scripts = await Promise.all(
    editions.map(async (name) => [name, await script(path.join(product, name))] as const),
  );
  const opened = await Promise.all(OPENED.map((folder) => filesIn(`${folder}/${product}`)));
  return { entry, scripts: Object.fromEntries(scripts), opened: Object.fromEntries(opened.flat()) };
}

const script = async (file: string) => (await readFile(path.join(DIST, file), 'utf8')).replace(MAP, '\n');

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
          name.endsWith('.js') ? Buffer.from(await script(file)) : await readFile(path.join(DIST, file)),
        ];
      }),
  );
}

/** Replaces the slash of a path in keys of a ConfigMap, which must not contain slashes. */
export const SLASH = '__';

/** The files for a ConfigMap: scripts in plain text, and compressed the files that they open. */
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
