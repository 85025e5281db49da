import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productNamesIn } from './product-names.ts';

const CASES: [text: string, found: string[]][] = [
  ["const main = 'pets';", ['fixture.ts:1 names the product pets.']],
  [
    '/** Like `pet/peak`. */\nGET /pets/:id and PET_ID',
    [
      'fixture.ts:1 names the product pet.',
      'fixture.ts:2 names the product pets.',
      'fixture.ts:2 names the product PET.',
    ],
  ],
  ['a web-shop', ['fixture.ts:1 names the product web-shop.']],
  ['petal, carpet, webshop: competition', []],
];

for (const [text, found] of CASES)
  test(`productNamesIn finds ${found.length} product names in: ${text}`, () =>
    assert.deepEqual(productNamesIn('fixture.ts', text, ['pet', 'web-shop']), found));
