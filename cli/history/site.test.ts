import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { historiesOf } from '../../lib/core/across-runs/index.ts';
import { nightlyRecord, nightStartMs } from '../../lib/core/testing/history.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { writeSite } from './site.ts';

const addressesIn = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/<a href="([^"#]+)"/g)].map(([, address]) => address);

test('writeSite writes an index and a page per product, which only link to reports that exist', async (t) => {
  const folder = temporaryFolder(t);
  const records = [
    nightlyRecord(1),
    nightlyRecord(2),
    nightlyRecord(3, { run: { product: 'the bank' } }),
    nightlyRecord(4, { run: { test: '..', id: 'elsewhere' } }),
  ];
  const reportOf = ({ product, test, id }: (typeof records)[number]['run']) =>
    path.join(folder, product, test, id, 'report.html');
  for (const record of [records[1], records[2], records[3]]) {
    const file = reportOf(record?.run ?? assert.fail());
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'a report');
  }
  const byProduct = (product: string) => ({
    product,
    histories: historiesOf(
      records.filter(({ run }) => run.product === product),
      { untilMs: nightStartMs(9) },
    ),
    alarms: [],
  });

  const files = await writeSite(folder, ['shop', 'the bank'].map(byProduct));
  assert.deepEqual(
    files.map((file) => path.relative(folder, file)),
    ['index.html', 'shop.html', 'the%20bank.html'],
  );
  const second = `shop/peak/${records[1]?.run.id}/report.html`;
  const third = `the%20bank/peak/${records[2]?.run.id}/report.html`;
  assert.deepEqual(addressesIn(files[0] as string), ['shop.html', 'the%2520bank.html', third, second]);
  assert.deepEqual(
    addressesIn(files[1] as string),
    [second],
    'the first run has no report, and the last one is outside the folder',
  );
});
