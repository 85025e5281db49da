import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { Checkout } from './checkout.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
let checkout: Checkout;

async function bundle(seed: number): Promise<Record<string, string[]>> {
  await checkout.bundle({ SEED: String(seed) });
  return { messages: rows('messages'), 'new-bookings': rows('new-bookings') };
}

const rows = (name: string) => checkout.read(`dist/data/booking/${name}.txt`).split('\n');

let first: Record<string, string[]>;

before(async () => {
  checkout = new Checkout(sandbox);
  first = await bundle(1);
});

test('every customer in the booking dataset has a unique phone number', () => {
  const { messages = [], 'new-bookings': newBookings = [] } = first;
  const phones = [
    ...messages.map((row) => JSON.parse(row).entry[0].changes[0].value.messages[0].from),
    ...newBookings.map((row) => JSON.parse(row).customerPhone),
  ];
  assert.equal(phones.length, 25_000);
  assert.equal(new Set(phones).size, phones.length);
});

test('test bundles contain neither dataset rows nor the code that generates rows', () => {
  const folder = path.join(checkout.root, 'dist', 'booking');
  const bundles = readdirSync(folder).filter((name) => name.endsWith('.js'));
  assert.ok(bundles.length >= 6);
  for (const name of bundles) {
    const { sources }: { sources: string[] } = JSON.parse(checkout.read(`dist/booking/${name}.map`));
    assert.ok(sources.some((source) => /lib\/k6\/define-test(\.vu)?\.ts$/.test(source)));
    assert.deepEqual(
      sources.filter((source) => /faker|\/data\/|tests\/\w+\/data\.ts$/.test(source)),
      [],
      name,
    );
    const code = checkout.read(`dist/booking/${name}`);
    assert.doesNotMatch(code, /faker|\+4477\d{8}/i, name);
  }
});

test('datasets have the same rows for the same seed, and different rows for a different seed', async () => {
  const second = await bundle(2);
  const repeated = await bundle(1);
  assert.deepEqual(repeated, first);
  for (const [name, firstRows] of Object.entries(first)) {
    assert.equal(second[name]?.length, firstRows.length);
    assert.equal(firstRows.filter((row, i) => row === second[name]?.[i]).length, 0, `${name} has no equal rows`);
  }
});
