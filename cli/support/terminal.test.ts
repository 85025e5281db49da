import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { openTerminal } from './terminal.ts';

/**
 * Opens a terminal on a stream in memory. `written` returns everything that was written to the stream since the last
 * call.
 */
function opened({ isTTY, columns = 80, isWatched = true }: { isTTY: boolean; columns?: number; isWatched?: boolean }) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns }) as unknown as NodeJS.WriteStream;
  const written = () => ((stream.read() as Buffer | null) ?? '').toString();
  return { terminal: openTerminal({ isWatched, stream }), written };
}

const ERASE = '\r\u001b[2K';

describe('a live terminal', () => {
  test('a live terminal rewrites the status line in place', () => {
    const { terminal, written } = opened({ isTTY: true });
    terminal.status('one');
    terminal.status('two');
    assert.equal(written(), `${ERASE}one${ERASE}two`);
    assert.equal(terminal.live, true);
  });

  test('a live terminal prints lines above the status line', () => {
    const { terminal, written } = opened({ isTTY: true });
    terminal.status('going');
    terminal.line('remark');
    assert.equal(written(), `${ERASE}going${ERASE}remark\n${ERASE}going`);
  });

  test('a cleared status line does not reappear below the next line', () => {
    const { terminal, written } = opened({ isTTY: true });
    terminal.status('going');
    terminal.clearStatus();
    terminal.clearStatus();
    terminal.line('done');
    assert.equal(written(), `${ERASE}going${ERASE}done\n`);
  });

  test('a live terminal truncates a status line that is wider than the terminal', () => {
    const { terminal, written } = opened({ isTTY: true, columns: 30 });
    terminal.status('x'.repeat(100));
    assert.equal(written(), ERASE + 'x'.repeat(29));
  });
});

for (const [what, stream] of [
  ['output to a file or pipe', { isTTY: false }],
  ['output in CI, even if stderr is a terminal', { isTTY: true, isWatched: false }],
] as const) {
  describe(what, () => {
    test(`${what}: each status is printed as a separate line without control codes`, () => {
      const { terminal, written } = opened(stream);
      terminal.status('one');
      terminal.line('\u001b[31mremark\u001b[39m');
      terminal.status('y'.repeat(100));
      terminal.clearStatus();
      assert.equal(written(), `one\nremark\n${'y'.repeat(100)}\n`);
      assert.equal(terminal.live, false);
    });
  });
}
