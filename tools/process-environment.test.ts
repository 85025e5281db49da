import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../cli/support/paths.ts';
import { temporaryFolder } from '../cli/testing/environment.ts';

const SOURCES = {
  'member.ts': 'export const value = process.env.API_URL;\n',
  'computed.ts': "export const value = process['env'].API_URL;\n",
  'global.ts': 'export const value = globalThis.process.env;\n',
  'imported.ts': "import { env } from 'node:process';\n\nexport const value = env.API_URL;\n",
};
const SOURCE = SOURCES['member.ts'];

test('biome rejects process.env in cli/, but allows it in commands/environment.ts, the launcher, cli/node/ and tests', (t) => {
  const folder = temporaryFolder(t);
  const refused = [
    ...Object.entries(SOURCES).map(([name, source]) => [`cli/run/${name}`, source] as const),
    ['cli/commands/run.ts', SOURCE],
    ['cli/report/html/client/chart.mts', SOURCE],
  ] as const;
  const allowed = [
    ['cli/commands/environment.ts', SOURCE],
    ['cli/launch.mjs', SOURCE],
    ['cli/node/cache.mjs', SOURCE],
    ['cli/testing/suite.ts', SOURCE],
    ['cli/run/run.test.ts', SOURCE],
    ['reference-service/main.ts', SOURCE],
    ['cli/run/parameter.ts', 'export const value = (env: NodeJS.ProcessEnv) => env.API_URL;\n'],
  ] as const;
  for (const [file, source] of [...refused, ...allowed]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), source);
  }
  cpSync(path.join(ROOT, 'biome.json'), path.join(folder, 'biome.json'));
  const biome = path.join(ROOT, 'node_modules', '.bin', 'biome');
  const options = ['lint', '--vcs-enabled=false', '--reporter=github'];
  const { stdout } = spawnSync(biome, options, { cwd: folder, encoding: 'utf8' });
  const found = stdout.matchAll(/title=lint\/style\/noProcessEnv,file=([^,]+)/g);
  assert.deepEqual(
    [...found].map(([, file = '']) => path.relative(folder, file)).sort(),
    refused.map(([file]) => file).sort(),
  );
});
