import { Switchboard } from './faults/switchboard.ts';
import { runChild } from './process/child-main.ts';
import type { ProvidersConfig } from './process/messages.ts';
import { bookingProviders } from './simulated/booking.ts';

runChild<ProvidersConfig>('providers', async ({ ports, latencyScale, failureScale }) => {
  const { ai, whatsapp } = bookingProviders({ latency: latencyScale, failure: failureScale });
  const faults = new Switchboard({
    'slow-ai': {
      apply: (ms) => {
        ai.addedMs = ms;
      },
      lift: () => {
        ai.addedMs = 0;
      },
    },
    'failing-ai': {
      apply: (share) => {
        ai.failedShare = share;
      },
      lift: () => {
        ai.failedShare = 0;
      },
    },
    'whatsapp-429': {
      apply: (share) => {
        whatsapp.refusedShare = share;
      },
      lift: () => {
        whatsapp.refusedShare = 0;
      },
    },
  });
  return {
    ports: { ai: await ai.listen(ports.ai), whatsapp: await whatsapp.listen(ports.whatsapp) },
    followFaults: (active) => faults.follow(active),
    stop: async () => {
      ai.close();
      whatsapp.close();
    },
  };
});
