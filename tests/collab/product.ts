import {
  anyOf,
  bearer,
  dataset,
  defineVariables,
  endpoint,
  mix,
  none,
  type Product,
  visit,
  withThinkTime,
} from 'load-suite';
import application from './contracts/application.schema.json';
import campaign from './contracts/campaign.schema.json';
import creators from './contracts/creators.schema.json';

const variables = defineVariables({
  ADMIN_TOKEN: {
    kind: 'secret',
    description: 'bearer token for the admin endpoints',
    expects: 'a token without white space',
    local: 'local-admin-token',
  },
});

const admin = bearer(variables.ADMIN_TOKEN);

export const product: Product = {
  name: 'collab',
  target: { healthPath: '/health', metricsPath: '/metrics', probes: [] },
  cleanup: { through: 'api', path: '/admin/load-runs/:run', auth: admin },
};

const listCreators = endpoint('GET /api/creators', { auth: none, has: 'creators.#', contract: creators });

const readCampaign = endpoint('GET /api/campaigns/:id', { auth: none, has: 'title', contract: campaign });

const apply = endpoint('POST /api/campaigns/:id/applications', {
  auth: admin,
  expectedStatus: 201,
  has: 'id',
  creates: 'application',
  contract: application,
});

const CAMPAIGNS = ['1', '7', '42', '99', '150', '200'];

const newApplications = dataset('collab/new-applications');

export const visits = [
  visit(60, readCampaign, (it) => it.call(anyOf(CAMPAIGNS))),
  visit(30, listCreators, (it) => it.call()),
  visit(10, apply, (it) => it.call(anyOf(CAMPAIGNS), newApplications.next())),
];

/** A user reads each response for about a second before the next request. */
export const usualTraffic = withThinkTime(mix(visits), [0.6, 1.4]);
