import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, generalFaults } from '../faults/catalog.ts';
import { changedSettings, faultsSetting, generalSettings } from '../settings.ts';
import { loadProduct, PRODUCT_NAMES } from './index.ts';

const products = await Promise.all(PRODUCT_NAMES.map(loadProduct));
const productSettings = products.flatMap(({ settings = {} }) => Object.values(settings));

const duplicatesOf = (names: readonly string[]) => names.filter((name, i) => names.indexOf(name) !== i);

test('every product has the name of its folder, in lowercase letters', () => {
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
  test(`the defaults of ${product.name} are valid values of general settings`, () => {
    for (const [name, value] of Object.entries(product.defaults ?? {})) {
      const setting = Object.values(generalSettings).find((candidate) => candidate.name === name);
      assert.notEqual(setting?.parse(value), undefined, name);
    }
  });

  test(`changedSettings returns changed settings of ${product.name}, and no settings of other products`, async () => {
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

  test(`every provider fault of ${product.name} is one of its faults and affects one of its providers`, () => {
    const providerFaults = faultsOf(product).filter(({ site }) => site === 'providers');
    assert.deepEqual(providerFaults.map(({ name }) => name).sort(), Object.keys(product.providerFaults ?? {}).sort());
    for (const { provider } of Object.values(product.providerFaults ?? {}))
      assert.ok(product.providers?.[provider], provider);
  });
}
