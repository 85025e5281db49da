/** Draws the folders of the repository and their dependencies, as a Mermaid diagram. */
import type { Import } from '../boundaries.ts';

/** Folders that are drawn as boxes around their subfolders. */
const BOXES: readonly string[] = ['cli', 'lib/core'];
const ENTRY_POINTS = /^load-suite(\/|$)/;
/** Files that the diagram leaves out: tests and tools, which may import any file. */
const CHECKS = /\.test\.ts$|(^|\/)testing\/|^(bench|e2e|tools)\//;

interface Edge {
  from: string;
  to: string;
}

/**
 * Returns a Mermaid diagram in Markdown. An arrow points from a folder to a folder that it imports, unless other arrows
 * already connect the two folders indirectly.
 * @param imports all imports of all source files
 */
export function folderGraph(imports: readonly Import[]): string {
  const edges = reduced(edgesOf(imports));
  const drawn = imports.filter(({ from }) => !CHECKS.test(from)).flatMap(({ from }) => folderOf(from) ?? []);
  const folders = [...new Set([...drawn, ...edges.map(({ to }) => to)])].sort();
  const boxOf = (folder: string) => BOXES.find((box) => folder.startsWith(`${box}/`));
  const node = (folder: string) => `${idOf(folder)}["${folder.slice(prefixLength(boxOf(folder)))}"]`;
  return [
    '```mermaid',
    'flowchart TD',
    ...BOXES.flatMap((box) => [
      `  subgraph ${idOf(box)}_folder["${box}/"]`,
      ...folders.filter((folder) => boxOf(folder) === box).map((folder) => `    ${node(folder)}`),
      '  end',
    ]),
    ...folders.filter((folder) => !boxOf(folder)).map((folder) => `  ${node(folder)}`),
    ...edges.map(({ from, to }) => `  ${idOf(from)} --> ${idOf(to)}`).sort(),
    '```',
  ].join('\n');
}

const idOf = (folder: string) => folder.replaceAll(/\W/g, '_');
const prefixLength = (box: string | undefined) => (box ? box.length + 1 : 0);

/** Returns the folder that represents a file in the diagram; null for files in the root folder. */
function folderOf(file: string): string | null {
  if (ENTRY_POINTS.test(file)) return 'lib';
  const [top, second, ...rest] = file.split('/');
  if (top === undefined || second === undefined) return null;
  if (top === 'lib') {
    if (rest.length === 0) return 'lib';
    return second === 'core' && rest.length > 1 ? `lib/core/${rest[0]}` : `lib/${second}`;
  }
  return top === 'cli' && rest.length > 0 ? `cli/${second}` : top;
}

function edgesOf(imports: readonly Import[]): Edge[] {
  const edges = new Map<string, Edge>();
  for (const { from, to, isFile } of imports) {
    if (CHECKS.test(from) || !(isFile || ENTRY_POINTS.test(to))) continue;
    const [source, target] = [folderOf(from), folderOf(to)];
    if (source && target && source !== target) edges.set(`${source} ${target}`, { from: source, to: target });
  }
  return [...edges.values()];
}

/**
 * Removes redundant edges (transitive reduction): returns the smallest set of edges with which every folder still
 * reaches the same folders.
 */
function reduced(edges: readonly Edge[]): Edge[] {
  const next = Map.groupBy(edges, ({ from }) => from);
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some(({ to }) => {
      if (to === goal) return true;
      if (seen.has(to)) return false;
      seen.add(to);
      return reaches(to, goal, seen);
    });
  return edges.filter(({ from, to }) => !(next.get(from) ?? []).some((edge) => edge.to !== to && reaches(edge.to, to)));
}
