import assert from 'node:assert/strict';
import { it } from 'node:test';
import { folderGraph } from './folder-graph.ts';

const imported = (from: string, to: string) => ({ from, to, isFile: !to.startsWith('load-suite') });

it('folderGraph draws each folder, boxes around subfolders, and no redundant arrows', () => {
  const graph = folderGraph([
    imported('tests/shop/peak.ts', 'load-suite'),
    imported('lib/index.ts', 'lib/core/judging/index.ts'),
    imported('lib/core/judging/verdict.ts', 'lib/core/numbers/index.ts'),
    imported('lib/index.ts', 'lib/core/numbers/index.ts'),
    imported('lib/core/judging/verdict.ts', 'lib/core/judging/judge.ts'),
    imported('lib/core/numbers/format.test.ts', 'lib/core/judging/index.ts'),
    imported('e2e/smoke.test.ts', 'tests/shop/peak.ts'),
  ]);
  assert.equal(
    graph,
    `\`\`\`mermaid
flowchart TD
  subgraph cli_folder["cli/"]
  end
  subgraph lib_core_folder["lib/core/"]
    lib_core_judging["judging"]
    lib_core_numbers["numbers"]
  end
  lib["lib"]
  tests["tests"]
  lib --> lib_core_judging
  lib_core_judging --> lib_core_numbers
  tests --> lib
\`\`\``,
  );
});
