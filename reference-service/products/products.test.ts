import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, generalFaults } from '../faults/catalog.ts';
import { changedSettings, faultsSetting, generalSettings } from '../settings.ts';
import { loadProduct, PRODUCT_NAMES } from './index.ts';

const products = await Promise.all(PRODUCT_NAMES.map(loadProduct));
const settingsOf = products.flatMap(({ settings = {} }) => Object.values(settings));

const repeated = (names: readonly string[]) => names.filter((name, i) => names.indexOf(name) !== i);

test('products are named as their folders, in small letters', () => {
  assert.deepEqual(
    products.map(({ name }) => name),
    PRODUCT_NAMES,
  );
  for (const name of PRODUCT_NAMES) assert.match(name, /^[a-z]+$/, 'it is part of a name of a database');
});

test('the names of faults are unique over all products', () => {
  const own = products.flatMap(({ faults = [] }) => faults);
  assert.deepEqual(repeated([...generalFaults, ...own].map(({ name }) => name)), []);
});

test('the names of settings are unique over all products', () => {
  const all = [...Object.values(generalSettings), faultsSetting, ...settingsOf];
  assert.deepEqual(repeated(all.map(({ name }) => name)), []);
});

for (const product of products) {
  test(`the defaults of ${product.name} are of general settings, and such as they take`, () => {
    for (const [name, value] of Object.entries(product.defaults ?? {})) {
      const setting = Object.values(generalSettings).find((one) => one.name === name);
      assert.notEqual(setting?.parse(value), undefined, name);
    }
  });

  test(`changed settings of ${product.name} are those that differ from its defaults, and none of another product`, async () => {
    const foreign = products.filter(({ name }) => name !== product.name);
    const others = foreign.flatMap(({ settings = {} }) => Object.values(settings));
    const env = {
      ...Object.fromEntries(others.map(({ name }) => [name, 'set'])),
      ...product.defaults,
      TARGET_PRODUCT: product.name,
    };
    assert.deepEqual(await changedSettings(env), {});
    const changed = { DB_QUERY_HOLD_MS: product.defaults?.DB_QUERY_HOLD_MS === '116' ? '0' : '116' };
    assert.deepEqual(await changedSettings({ ...env, ...changed }), changed);
  });

  test(`the faults of providers of ${product.name} are among its faults, and act on its providers`, () => {
    const named = faultsOf(product).filter(({ site }) => site === 'providers');
    assert.deepEqual(named.map(({ name }) => name).sort(), Object.keys(product.providerFaults ?? {}).sort());
    for (const { provider } of Object.values(product.providerFaults ?? {}))
      assert.ok(product.providers?.[provider], provider);
  });
}
