import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, generalFaults } from '../faults/catalog.ts';
import { changedSettings, faultsSetting, generalSettings } from '../settings.ts';
import { loadProduct, PRODUCT_NAMES } from './index.ts';

const products = await Promise.all(PRODUCT_NAMES.map(loadProduct));
const productSettings = products.flatMap(({ settings = {} }) => Object.values(settings));

const duplicatesOf = (names: readonly string[]) => names.filter((name, i) => names.indexOf(name) !== i);

test('the name of every product is the name of its folder, and has only lowercase letters', () => {
  assert.deepEqual(
    products.map(({ name }) => name),
    PRODUCT_NAMES,
  );
  for (const name of PRODUCT_NAMES) assert.match(name, /^[a-z]+$/, 'the name is part of a database name');
});

test('the names of product faults are unique across products', () => {
  const productFaults = products.flatMap(({ faults = [] }) => faults);
  assert.deepEqual(duplicatesOf([...generalFaults, ...productFaults].map(({ name }) => name)), []);
});

test('the names of product settings are unique across products', () => {
  const all = [...Object.values(generalSettings), faultsSetting, ...productSettings];
  assert.deepEqual(duplicatesOf(all.map(({ name }) => name)), []);
});

for (const product of products) {
  test(`the product ${product.name} overrides only general settings, and its defaults are valid`, () => {
    for (const [name, value] of Object.entries(product.defaults ?? {})) {
      const setting = Object.values(generalSettings).find((candidate) => candidate.name === name);
      assert.notEqual(setting?.parse(value), undefined, name);
    }
  });

  test(`changedSettings for the product ${product.name} returns its changed settings, and no settings of other products`, async () => {
    const otherProducts = products.filter(({ name }) => name !== product.name);
    const otherSettings = otherProducts.flatMap(({ settings = {} }) => Object.values(settings));
    const env = {
      ...Object.fromEntries(otherSettings.map(({ name }) => [name, 'set'])),
      ...product.defaults,
      TARGET_PRODUCT: product.name,
    };
    assert.deepEqual(await changedSettings(env), {});
    const changed = { DB_QUERY_HOLD_MS: product.defaults?.DB_QUERY_HOLD_MS === '116' ? '0' : '116' };
    assert.deepEqual(await changedSettings({ ...env, ...changed }), changed);
  });

  test(`the product ${product.name} defines every fault in providerFaults, and every provider that such a fault changes`, () => {
    const providerFaults = faultsOf(product).filter(({ site }) => site === 'providers');
    assert.deepEqual(providerFaults.map(({ name }) => name).sort(), Object.keys(product.providerFaults ?? {}).sort());
    for (const { provider } of Object.values(product.providerFaults ?? {}))
      assert.ok(product.providers?.[provider], provider);
  });
}
