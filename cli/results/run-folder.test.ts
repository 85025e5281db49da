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

/** Where the folder of the run will be. */
const folderIn = (base: string) => path.join(base, start.run.product, start.run.test, start.run.id);

/** The folder of a run that goes on. */
function opened(t: TestContext, base = temporaryFolder(t)): RunFolder {
  const folder = RunFolder.create(base, start);
  t.after(() => folder.close());
  return folder;
}

/** Every write to it fails as on a full disk. */
const FULL = '/dev/full';
const withFullDisk = { skip: existsSync(FULL) ? false : `there is no ${FULL}` };

describe('the folder of a run', () => {
  test('says what the run is before it starts, by product, test and run', (t) => {
    const base = path.join(temporaryFolder(t), 'not', 'there', 'yet');
    const folder = RunFolder.create(base, start);
    folder.close();
    assert.equal(folder.path, folderIn(base));
    assert.deepEqual(lines(folder.file('start')), [JSON.parse(JSON.stringify(start))]);
  });

  test('that cannot be made is one clear message', (t) => {
    const file = path.join(temporaryFolder(t), 'file');
    writeFileSync(file, '');
    for (const base of [file, path.join(file, 'below')])
      assert.throws(
        () => RunFolder.create(base, start),
        problem(
          /^Cannot write .*: part of the path is not a folder\. .* or name another folder with --results\.$/,
        ),
      );
  });

  test('whose files cannot be written is one clear message', withFullDisk, (t) => {
    const base = temporaryFolder(t);
    mkdirSync(folderIn(base), { recursive: true });
    symlinkSync(FULL, path.join(folderIn(base), 'run.json'));
    assert.throws(
      () => RunFolder.create(base, start),
      problem(/: no space is left on the device\. Make room/),
    );
  });
});

describe('windows and samples', () => {
  test('are there as soon as they are appended, a line each', (t) => {
    const folder = opened(t);
    folder.appendWindow(window);
    folder.appendSample(sample);
    assert.deepEqual(lines(folder.file('windows')), [window]);
    folder.appendWindow({ ...window, overflowed: true });
    assert.deepEqual(lines(folder.file('windows')), [window, { ...window, overflowed: true }]);
    assert.deepEqual(lines(folder.file('samples')), [sample]);
    assert.deepEqual(folder.writeFailures, []);
  });

  test('survive the process that appended them', async (t) => {
    const base = temporaryFolder(t);
    const code = `
      const { RunFolder } = await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'store.ts')))});
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
    'on a full disk end there, are told as lost, and take nothing else with them',
    withFullDisk,
    async (t) => {
      const base = temporaryFolder(t);
      mkdirSync(folderIn(base), { recursive: true });
      symlinkSync(FULL, path.join(folderIn(base), 'windows.ndjson'));
      const folder = opened(t, base);
      assert.deepEqual(folder.writeFailures, []);
      folder.appendWindow(window);
      folder.appendWindow(window);
      folder.appendSample(sample);
      assert.deepEqual(folder.writeFailures, [
        'windows.ndjson is incomplete: no space is left on the device',
      ]);
      assert.deepEqual(lines(folder.file('samples')), [sample]);
      await writeResult(folder.path, resultOf({ run: { notes: folder.writeFailures } }));
      assert.ok(existsSync(folder.file('result')));
    },
  );
});

describe('the result', () => {
  const result = resultOf();

  test('is written as a whole, and nothing else stays', async (t) => {
    const folder = opened(t);
    await writeResult(folder.path, result);
    assert.deepEqual(
      JSON.parse(readFileSync(folder.file('result'), 'utf8')),
      JSON.parse(JSON.stringify(result)),
    );
    assert.deepEqual(readdirSync(folder.path).sort(), [
      'result.json',
      'run.json',
      'samples.ndjson',
      'windows.ndjson',
    ]);
  });

  test('that is not valid is not written', async (t) => {
    const folder = opened(t);
    await assert.rejects(
      writeResult(folder.path, { ...result, schemaVersion: 2 as 1 }),
      /not a valid result/,
    );
    assert.ok(!existsSync(folder.file('result')));
  });

  test(
    'that does not fit on the disk leaves the one before it as it was, and nothing of its own',
    withFullDisk,
    async (t) => {
      const folder = opened(t);
      await writeResult(folder.path, result);
      const before = readFileSync(folder.file('result'), 'utf8');
      symlinkSync(FULL, `${folder.file('result')}.partial`);
      await assert.rejects(
        writeResult(folder.path, resultOf({ run: { notes: ['later'] } })),
        problem(/^Cannot write .*result\.json: no space is left on the device\. Make room/),
      );
      assert.equal(readFileSync(folder.file('result'), 'utf8'), before);
      assert.deepEqual(
        readdirSync(folder.path).filter((name) => name.endsWith('.partial')),
        [],
      );
    },
  );
});

describe("k6's summary", () => {
  const summary = summaryWith({ requests: 7 });
  const cases: [what: string, text: string | null, found: unknown][] = [
    ['is read', JSON.stringify(summary), summary],
    ['is none where k6 wrote none', null, null],
    ['is none where it is cut short', JSON.stringify(summary).slice(0, -5), null],
    ['is none where it is of another version', JSON.stringify({ ...summary, schemaVersion: 2 }), null],
    ['is none where it is nothing', 'null', null],
  ];
  for (const [what, text, found] of cases) {
    test(what, async (t) => {
      const folder = opened(t);
      if (text !== null) writeFileSync(folder.file('summary'), text);
      assert.deepEqual(await readSummary(folder.path), found);
    });
  }
});

describe('what a run left', () => {
  /** The folder of a run that appended two windows and two samples. */
  function left(base: string): string {
    const folder = RunFolder.create(base, start);
    for (let i = 0; i < 2; i++) {
      folder.appendWindow(window);
      folder.appendSample(sample);
    }
    folder.close();
    return folder.path;
  }
  const collect = async <T>(
    read: (folder: string, take: (one: T) => void) => Promise<number>,
    from: string,
  ) => {
    const found: T[] = [];
    return { unreadable: await read(from, (one) => found.push(one)), found };
  };

  test('is read as it was appended', async (t) => {
    const folder = left(temporaryFolder(t));
    assert.deepEqual(await readRunStart(folder), JSON.parse(JSON.stringify(start)));
    assert.deepEqual(await collect(readWindows, folder), { unreadable: 0, found: [window, window] });
    assert.deepEqual(await collect(readSamples, folder), { unreadable: 0, found: [sample, sample] });
  });

  test('is nothing where it did not get to it', async (t) => {
    const folder = left(temporaryFolder(t));
    rmSync(runFilePath(folder, 'windows'));
    writeFileSync(runFilePath(folder, 'samples'), '');
    assert.deepEqual(await collect(readWindows, folder), { unreadable: 0, found: [] });
    assert.deepEqual(await collect(readSamples, folder), { unreadable: 0, found: [] });
  });

  const line = JSON.stringify(window);
  const broken: Record<string, string> = {
    'cut short': line.slice(0, -7),
    'cut short within a character': line.slice(0, 20),
    'not written by the disk': '\0'.repeat(500),
    'something else': '{"an": "other"}',
    'no object': '17',
  };
  for (const [what, text] of Object.entries(broken)) {
    test(`a line that is ${what} is left out, and told`, async (t) => {
      const folder = left(temporaryFolder(t));
      appendFileSync(runFilePath(folder, 'windows'), text);
      assert.deepEqual(await collect(readWindows, folder), { unreadable: 1, found: [window, window] });
    });
  }

  const refusals: [what: string, change: (folder: string) => void, message: RegExp][] = [
    [
      'no folder of a run',
      (folder) => rmSync(runFilePath(folder, 'start')),
      /is no folder of a run: it has no run\.json, with which every run begins\.$/,
    ],
    [
      'cut short before the run began',
      (folder) => writeFileSync(runFilePath(folder, 'start'), '{"plan": {"version"'),
      /run\.json is cut short: its run ended before it began/,
    ],
    [
      'of a newer suite',
      (folder) =>
        writeFileSync(
          runFilePath(folder, 'start'),
          JSON.stringify({ ...start, plan: { ...start.plan, version: 3 } }),
        ),
      /run\.json has a plan of version 3; this suite knows version 2\. Read it with the suite/,
    ],
  ];
  for (const [what, change, message] of refusals) {
    test(`is refused where it is ${what}`, async (t) => {
      const folder = left(temporaryFolder(t));
      change(folder);
      await assert.rejects(readRunStart(folder), problem(message));
    });
  }

  test('stays readable where its plan is of version 1, which declared no variables', async (t) => {
    const folder = left(temporaryFolder(t));
    const { variables: _, ...plan } = start.plan;
    writeFileSync(
      runFilePath(folder, 'start'),
      JSON.stringify({ ...start, plan: { ...plan, requires: ['API_URL'], version: 1 } }),
    );
    assert.deepEqual((await readRunStart(folder)).plan.variables, []);
  });

  test('is known for a run by its first file or by its result', async (t) => {
    const base = temporaryFolder(t);
    const folder = left(base);
    assert.equal(isRunFolder(folder), true);
    writeFileSync(runFilePath(base, 'result'), '{}');
    assert.equal(isRunFolder(base), true);
    assert.equal(isRunFolder(path.join(base, start.run.product)), false);
    assert.equal(isRunFolder(path.join(base, 'nothing')), false);
  });

  test('a result that is not there is one clear message', async (t) => {
    const base = temporaryFolder(t);
    await assert.rejects(
      readResult(path.join(base, 'result.json')),
      problem(/result\.json: it is not there\.$/),
    );
    await assert.rejects(readResult(base), problem(/: it is a folder\.$/));
  });
});
