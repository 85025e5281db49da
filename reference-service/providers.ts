import { type FaultSwitch, Switchboard } from './faults/switchboard.ts';
import { runChild } from './process/child-main.ts';
import type { ProvidersConfig } from './process/messages.ts';
import { loadProduct } from './products/index.ts';
import { SimulatedProvider, type TunableProperty } from './simulated/provider.ts';

runChild<ProvidersConfig>('providers', async ({ product: name, ports, latencyScale, failureScale }) => {
  const product = await loadProduct(name);
  const providers = new Map(
    Object.entries(product.providers ?? {}).map(([name, options]) => [
      name,
      new SimulatedProvider({
        ...options,
        meanMs: options.meanMs * latencyScale,
        failureRate: options.failureRate * failureScale,
      }),
    ]),
  );
  const faults = new Switchboard(
    Object.fromEntries(
      Object.entries(product.providerFaults ?? {}).flatMap(([fault, { provider, sets }]) => {
        const simulated = providers.get(provider);
        return simulated ? [[fault, propertySwitch(simulated, sets)]] : [];
      }),
    ),
  );
  const listeningPorts = [...providers].map(
    async ([name, provider]) => [name, await provider.listen(ports[name] ?? 0)] as const,
  );
  return {
    ports: Object.fromEntries(await Promise.all(listeningPorts)),
    applyFaults: (active) => faults.update(active),
    stop: async () => {
      for (const provider of providers.values()) provider.close();
    },
  };
});

/** Returns a switch for a fault that sets a property of a provider. Lifting the fault resets the property. */
const propertySwitch = (provider: SimulatedProvider, property: TunableProperty): FaultSwitch => ({
  apply: (value) => {
    provider[property] = value;
  },
  lift: () => {
    provider[property] = 0;
  },
});
