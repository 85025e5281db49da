import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  evidenceOf,
  RUN_START_MS,
  requestSeries,
  resultOf,
  summaryWith,
  testPlan,
  windowAt,
} from '../../lib/core/testing/evidence.ts';
import type { RunSample } from '../probes/sampling.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import {
  isRunFolder,
  RunFolder,
  type RunStart,
  readResult,
  readRunStart,
  readSamples,
  readSummary,
  readWindows,
  runFilePath,
  writeResult,
} from './run-folder.ts';

const start: RunStart = { plan: testPlan(), run: evidenceOf().run };
const window = windowAt(0, requestSeries('GET /items/:id', [10, 20]));
const sample: RunSample = {
  probe: 'target',
  atMs: RUN_START_MS,
  values: { heapUsedBytes: 1, cacheHits: null },
};

const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Returns the path of a run folder that does not exist yet. */
const folderIn = (base: string) => path.join(base, start.run.product, start.run.test, start.run.id);

/** Creates the folder of a run in progress. */
function openedFolder(t: TestContext, base = temporaryFolder(t)): RunFolder {
  const folder = RunFolder.create(base, start);
  t.after(() => folder.close());
  return folder;
}

/** Writes to this device always fail, like writes to a full disk. */
const FULL = '/dev/full';
const withFullDisk = { skip: existsSync(FULL) ? false : `${FULL} does not exist` };

describe('a run folder', () => {
  test('RunFolder.create creates <product>/<test>/<run ID> with run.json', (t) => {
    const base = path.join(temporaryFolder(t), 'not', 'there', 'yet');
    const folder = RunFolder.create(base, start);
    folder.close();
    assert.equal(folder.path, folderIn(base));
    assert.deepEqual(lines(folder.file('start')), [JSON.parse(JSON.stringify(start))]);
  });

  test('RunFolder.create rejects a folder that cannot be created, with a clear message', (t) => {
    const file = path.join(temporaryFolder(t), 'file');
    writeFileSync(file, '');
    for (const base of [file, path.join(file, 'below')])
      assert.throws(
        () => RunFolder.create(base, start),
        problem(/^Cannot write .*: part of the path is not a folder\. .* or choose another folder with --results\.$/),
      );
  });

  test('RunFolder.create rejects a folder whose files cannot be written, with a clear message', withFullDisk, (t) => {
    const base = temporaryFolder(t);
    mkdirSync(folderIn(base), { recursive: true });
    symlinkSync(FULL, path.join(folderIn(base), 'run.json'));
    assert.throws(() => RunFolder.create(base, start), problem(/: no space is left on the device\. Free space/));
  });
});

describe('windows and samples in a run folder', () => {
  test('windows and samples are written to the run folder immediately, one line each', (t) => {
    const folder = openedFolder(t);
    folder.appendWindow(window);
    folder.appendSample(sample);
    assert.deepEqual(lines(folder.file('windows')), [window]);
    folder.appendWindow({ ...window, overflowed: true });
    assert.deepEqual(lines(folder.file('windows')), [window, { ...window, overflowed: true }]);
    assert.deepEqual(lines(folder.file('samples')), [sample]);
    assert.deepEqual(folder.writeFailures, []);
  });

  test('windows and samples in a run folder survive the death of the process that appended them', async (t) => {
    const base = temporaryFolder(t);
    const code = `
      const { RunFolder } = await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'run-folder.ts')))});
      const folder = RunFolder.create(${JSON.stringify(base)}, ${JSON.stringify(start)});
      folder.appendWindow(${JSON.stringify(window)});
      folder.appendSample(${JSON.stringify(sample)});
      process.kill(process.pid, 'SIGKILL');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    assert.deepEqual(lines(path.join(folderIn(base), 'windows.ndjson')), [window]);
    assert.deepEqual(lines(path.join(folderIn(base), 'samples.ndjson')), [sample]);
  });

  test(
    'windows and samples are reported as incomplete on a full disk, and other files are not affected',
    withFullDisk,
    async (t) => {
      const base = temporaryFolder(t);
      mkdirSync(folderIn(base), { recursive: true });
      symlinkSync(FULL, path.join(folderIn(base), 'windows.ndjson'));
      const folder = openedFolder(t, base);
      assert.deepEqual(folder.writeFailures, []);
      folder.appendWindow(window);
      folder.appendWindow(window);
      folder.appendSample(sample);
      assert.deepEqual(folder.writeFailures, ['windows.ndjson is incomplete: no space is left on the device']);
      assert.deepEqual(lines(folder.file('samples')), [sample]);
      await writeResult(folder.path, resultOf({ run: { notes: folder.writeFailures } }));
      assert.ok(existsSync(folder.file('result')));
    },
  );
});

describe('the result in a run folder', () => {
  const result = resultOf();

  test('writeResult writes atomically and leaves no temporary file', async (t) => {
    const folder = openedFolder(t);
    await writeResult(folder.path, result);
    assert.deepEqual(JSON.parse(readFileSync(folder.file('result'), 'utf8')), JSON.parse(JSON.stringify(result)));
    assert.deepEqual(readdirSync(folder.path).sort(), ['result.json', 'run.json', 'samples.ndjson', 'windows.ndjson']);
  });

  test('writeResult rejects a result that is not valid', async (t) => {
    const folder = openedFolder(t);
    await assert.rejects(writeResult(folder.path, { ...result, schemaVersion: 3 as 2 }), /not a valid result/);
    assert.ok(!existsSync(folder.file('result')));
  });

  test(
    'writeResult leaves the previous result unchanged and no partial file if the disk is full',
    withFullDisk,
    async (t) => {
      const folder = openedFolder(t);
      await writeResult(folder.path, result);
      const before = readFileSync(folder.file('result'), 'utf8');
      symlinkSync(FULL, `${folder.file('result')}.partial`);
      await assert.rejects(
        writeResult(folder.path, resultOf({ run: { notes: ['later'] } })),
        problem(/^Cannot write .*result\.json: no space is left on the device\. Free space/),
      );
      assert.equal(readFileSync(folder.file('result'), 'utf8'), before);
      assert.deepEqual(
        readdirSync(folder.path).filter((name) => name.endsWith('.partial')),
        [],
      );
    },
  );
});

describe('readSummary', () => {
  const summary = summaryWith({ requests: 7 });
  const cases: [title: string, text: string | null, found: unknown][] = [
    ['readSummary returns the summary that k6 wrote', JSON.stringify(summary), summary],
    ['readSummary returns null if k6 wrote no summary', null, null],
    ['readSummary returns null if the summary is incomplete', JSON.stringify(summary).slice(0, -5), null],
    [
      'readSummary returns null if the summary has another version',
      JSON.stringify({ ...summary, schemaVersion: 1 }),
      null,
    ],
    ['readSummary returns null if the file contains null', 'null', null],
  ];
  for (const [title, text, found] of cases) {
    test(title, async (t) => {
      const folder = openedFolder(t);
      if (text !== null) writeFileSync(folder.file('summary'), text);
      assert.deepEqual(await readSummary(folder.path), found);
    });
  }
});

describe('reading a run folder', () => {
  /** Creates a run folder with two windows and two samples. */
  function finishedFolder(base: string): string {
    const folder = RunFolder.create(base, start);
    for (let i = 0; i < 2; i++) {
      folder.appendWindow(window);
      folder.appendSample(sample);
    }
    folder.close();
    return folder.path;
  }
  const collect = async <T>(read: (folder: string, onValue: (value: T) => void) => Promise<number>, from: string) => {
    const found: T[] = [];
    return { unreadable: await read(from, (value) => found.push(value)), found };
  };

  test('a run folder returns the windows and samples that were appended', async (t) => {
    const folder = finishedFolder(temporaryFolder(t));
    assert.deepEqual(await readRunStart(folder), JSON.parse(JSON.stringify(start)));
    assert.deepEqual(await collect(readWindows, folder), { unreadable: 0, found: [window, window] });
    assert.deepEqual(await collect(readSamples, folder), { unreadable: 0, found: [sample, sample] });
  });

  test('a run folder returns no windows and no samples if the files are missing or empty', async (t) => {
    const folder = finishedFolder(temporaryFolder(t));
    rmSync(runFilePath(folder, 'windows'));
    writeFileSync(runFilePath(folder, 'samples'), '');
    assert.deepEqual(await collect(readWindows, folder), { unreadable: 0, found: [] });
    assert.deepEqual(await collect(readSamples, folder), { unreadable: 0, found: [] });
  });

  const line = JSON.stringify(window);
  const broken: Record<string, string> = {
    incomplete: line.slice(0, -7),
    'incomplete within a value': line.slice(0, 20),
    'full of null characters': '\0'.repeat(500),
    'an unrelated object': '{"an": "other"}',
    'not an object': '17',
  };
  for (const [title, text] of Object.entries(broken)) {
    test(`readWindows ignores and counts a line that is ${title}`, async (t) => {
      const folder = finishedFolder(temporaryFolder(t));
      appendFileSync(runFilePath(folder, 'windows'), text);
      assert.deepEqual(await collect(readWindows, folder), { unreadable: 1, found: [window, window] });
    });
  }

  const refusals: [title: string, change: (folder: string) => void, message: RegExp][] = [
    [
      'without run.json',
      (folder) => rmSync(runFilePath(folder, 'start')),
      /is not a run folder: run\.json is missing\.$/,
    ],
    [
      'with an incomplete run.json',
      (folder) => writeFileSync(runFilePath(folder, 'start'), '{"plan": {"version"'),
      /run\.json is incomplete, because the run ended before it started/,
    ],
    [
      'with a plan of a newer version',
      (folder) =>
        writeFileSync(runFilePath(folder, 'start'), JSON.stringify({ ...start, plan: { ...start.plan, version: 3 } })),
      /run\.json has a plan of version 3, but this version of load-suite reads version 2\. Use the load-suite version/,
    ],
  ];
  for (const [title, change, message] of refusals) {
    test(`readRunStart rejects a folder ${title}`, async (t) => {
      const folder = finishedFolder(temporaryFolder(t));
      change(folder);
      await assert.rejects(readRunStart(folder), problem(message));
    });
  }

  test('readRunStart accepts a plan of version 1, which declares no variables', async (t) => {
    const folder = finishedFolder(temporaryFolder(t));
    const { variables: _, ...plan } = start.plan;
    writeFileSync(
      runFilePath(folder, 'start'),
      JSON.stringify({ ...start, plan: { ...plan, requires: ['API_URL'], version: 1 } }),
    );
    assert.deepEqual((await readRunStart(folder)).plan.variables, []);
  });

  test('isRunFolder recognizes a run folder by run.json or result.json', async (t) => {
    const base = temporaryFolder(t);
    const folder = finishedFolder(base);
    assert.equal(isRunFolder(folder), true);
    writeFileSync(runFilePath(base, 'result'), '{}');
    assert.equal(isRunFolder(base), true);
    assert.equal(isRunFolder(path.join(base, start.run.product)), false);
    assert.equal(isRunFolder(path.join(base, 'nothing')), false);
  });

  test('readResult rejects a missing result with a clear message', async (t) => {
    const base = temporaryFolder(t);
    await assert.rejects(readResult(path.join(base, 'result.json')), problem(/result\.json: it does not exist\.$/));
    await assert.rejects(readResult(base), problem(/: it is a folder\.$/));
  });
});
