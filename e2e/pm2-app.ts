/** A minimal app that PM2 can run in several instances. */
import { createApp } from '../reference-service/http/app.ts';
import { createMetrics } from '../reference-service/http/metrics.ts';

const app = createApp({
  product: 'booking',
  metrics: createMetrics(0),
  health: async () => ({}),
  onRequest: () => undefined,
  waitForTurn: async () => undefined,
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
