/** Runs the commands in the README, and compares the format of their output with the output in the README. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

interface Example {
  env: Record<string, string>;
  /** Arguments for `cli/launch.mjs`. */
  args: string[];
  /** Output lines in the README. An ellipsis matches any number of lines. */
  shown: string[];
}

/**
 * Returns the console blocks in the README that run an npm script. package.json maps the script to launcher arguments.
 */
function examples(): Map<string, Example> {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const blocks = [...readme.matchAll(/^```console\n\$ (.+)\n([\s\S]*?)^```$/gm)];
  return new Map(
    blocks.map(([, command = '', output = '']) => {
      const words = command.split(' ');
      const npmIndex = words.indexOf('npm');
      const [, launcher, ...args] = (scripts[words[npmIndex + 2] ?? ''] ?? '').split(' ');
      assert.equal(launcher, 'cli/launch.mjs', command);
      const env = Object.fromEntries(words.slice(0, npmIndex).map((setting) => setting.split('=')));
      const options = words.slice(npmIndex + 3).filter((word) => word !== '--');
      return [command, { env, args: [...args, ...options], shown: output.split('\n') }];
    }),
  );
}

/** Removes from a line everything that differs between runs: numbers with units, run folders and column widths. */
const shapeOf = (line: string): string =>
  line
    .replace(/\S*?([a-z]+\/[a-z-]+\/)\d{8}T\d{6}Z-[0-9a-f]{6}/, 'results/$1<run>')
    .replace(/\d[\d.,:]*( ?(ms|s|m|min|kB|MB|%)(?![a-z]))?/g, '#')
    .replace(/\s+/g, ' ')
    .trim();

const shapesOf = (lines: readonly string[]): string[] => lines.map(shapeOf).filter((shape) => shape !== '');

/** Asserts that the output matches the lines in the README. An ellipsis matches any number of lines. */
function assertShape(output: string, shown: readonly string[]): void {
  const printed = shapesOf(output.split('\n'));
  let from = 0;
  let skips = false;
  for (const shape of shapesOf(shown)) {
    if (shape === '…') {
      skips = true;
      continue;
    }
    const line = printed.indexOf(shape, from);
    assert.ok(skips ? line >= 0 : line === from, `"${shape}" is line ${from + 1} of:\n${printed.join('\n')}`);
    from = line + 1;
    skips = false;
  }
  assert.ok(skips || from === printed.length, `nothing follows line ${from} of:\n${printed.join('\n')}`);
}

for (const [command, { env, args, shown }] of examples())
  test(`the output of ${command} matches the README`, async () => {
    const { stdout, stderr } = await sandbox.runCommand(
      [...args, '--results', sandbox.subfolder(`results-${args[1]?.replace('/', '-')}`)],
      {
        env,
        launcher: true,
      },
    );
    assert.ok(stdout, stderr);
    assertShape(stdout, shown);
  });
