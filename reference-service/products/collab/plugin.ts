import type { FastifyInstance } from 'fastify';
import { removeLoadRun } from '../../db/load-run.ts';
import type { ConnectionPool } from '../../db/pool.ts';
import { bearerAuth } from '../../http/auth.ts';
import { httpError } from '../../http/errors.ts';
import { addLoadRunRoute, loadRunOf } from '../../http/load-run.ts';
import { bodySchema, idParamsSchema } from '../../http/schema.ts';
import type { ServiceContext } from '../product.ts';
import type { CpuQueue } from './cpu-queue.ts';
import { createApplication, LOAD_RUN_TABLES, listCreators, type NewApplication, readCampaign } from './repository.ts';
import type { settings } from './settings.ts';

const CAMPAIGN_PARAMS = idParamsSchema('a campaign id such as 7');
const NEW_APPLICATION = bodySchema({
  creatorId: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
  message: { type: 'string', minLength: 1, maxLength: 500 },
});

type CampaignRoute = { Params: { id: string } };

/** Adds the routes of the collab product. Each API request waits for its turn in the CPU queue. */
export async function collabPlugin(
  app: FastifyInstance,
  { settings: { adminToken }, database: { pool, background } }: ServiceContext<typeof settings>,
  cpuQueue: CpuQueue,
): Promise<void> {
  await app.register(
    async (admin) => {
      admin.addHook('onRequest', bearerAuth(adminToken));
      addLoadRunRoute(admin, (run) => removeLoadRun(background, LOAD_RUN_TABLES, run));
    },
    { prefix: '/admin' },
  );
  await app.register(
    async (api) => {
      // Use the hook `preHandler`, which runs after validation, so that invalid requests use no CPU time.
      api.addHook('preHandler', () => cpuQueue.work());
      addApi(api, pool, adminToken);
    },
    { prefix: '/api' },
  );
}

function addApi(api: FastifyInstance, pool: ConnectionPool, adminToken: string): void {
  api.get('/creators', async () => ({ creators: await pool.run(listCreators) }));

  api.get<CampaignRoute>('/campaigns/:id', { schema: { params: CAMPAIGN_PARAMS } }, async ({ params: { id } }) => {
    const campaign = await pool.run((client) => readCampaign(client, Number(id)));
    if (!campaign) throw httpError(404, 'unknown_campaign', `there is no campaign ${id}`);
    return campaign;
  });

  api.post<CampaignRoute & { Body: NewApplication }>(
    '/campaigns/:id/applications',
    { onRequest: bearerAuth(adminToken), schema: { params: CAMPAIGN_PARAMS, body: NEW_APPLICATION } },
    async (request, reply) => {
      const { id } = request.params;
      const application = await pool.run((client) =>
        createApplication(client, Number(id), request.body, loadRunOf(request)),
      );
      if (!application) throw httpError(404, 'unknown_campaign', `there is no campaign ${id}, or no such creator`);
      reply.status(201);
      return application;
    },
  );
}
