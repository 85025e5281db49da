import { type FaultSwitch, Switchboard } from './faults/switchboard.ts';
import { runChild } from './process/child-main.ts';
import type { ProvidersConfig } from './process/messages.ts';
import { loadProduct } from './products/index.ts';
import { SimulatedProvider, type TunableProperty } from './simulated/provider.ts';

runChild<ProvidersConfig>('providers', async ({ product: name, ports, latencyScale, failureScale }) => {
  const product = await loadProduct(name);
  const providers = new Map(
    Object.entries(product.providers ?? {}).map(([name, usual]) => [
      name,
      new SimulatedProvider({
        ...usual,
        meanMs: usual.meanMs * latencyScale,
        failureRate: usual.failureRate * failureScale,
      }),
    ]),
  );
  const faults = new Switchboard(
    Object.fromEntries(
      Object.entries(product.providerFaults ?? {}).flatMap(([fault, { provider, sets }]) => {
        const subject = providers.get(provider);
        return subject ? [[fault, tuning(subject, sets)]] : [];
      }),
    ),
  );
  const listening = [...providers].map(
    async ([name, provider]) => [name, await provider.listen(ports[name] ?? 0)] as const,
  );
  return {
    ports: Object.fromEntries(await Promise.all(listening)),
    applyFaults: (active) => faults.update(active),
    stop: async () => {
      for (const provider of providers.values()) provider.close();
    },
  };
});

const tuning = (provider: SimulatedProvider, what: TunableProperty): FaultSwitch => ({
  apply: (value) => {
    provider[what] = value;
  },
  lift: () => {
    provider[what] = 0;
  },
});
