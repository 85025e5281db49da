import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What runs in the page: its own code and uPlot, as one script, and before it the licence that uPlot has to be
 * passed on with.
 */
export async function pageScript(): Promise<string> {
  const [code, licence] = await Promise.all([bundled(), uplotFile('LICENSE')]);
  return `/*! uPlot\n\n${licence.trim()}\n*/\n${code}`;
}

/** The page's own style after uPlot's, which it changes in places. */
export async function pageStyle(): Promise<string> {
  const own = readFile(path.join(import.meta.dirname, 'style.css'), 'utf8');
  return (await Promise.all([uplotFile('dist/uPlot.min.css'), own])).join('\n');
}

const uplotFile = (name: string): Promise<string> =>
  readFile(fileURLToPath(import.meta.resolve(`uplot/${name}`)), 'utf8');

async function bundled(): Promise<string> {
  // Loading esbuild takes time that commands without a report need not spend.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'client', 'client.mts')],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    minify: true,
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
