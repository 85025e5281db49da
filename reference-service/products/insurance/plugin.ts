import multipart, { type MultipartFile, type MultipartValue } from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ClientBase } from 'pg';
import type { RetryingTransactions } from '../../db/retrying-transactions.ts';
import { bearerAuth } from '../../http/auth.ts';
import { httpError } from '../../http/errors.ts';
import { addLoadRunRoute, loadRunOf } from '../../http/load-run.ts';
import { bodySchema, idParamsSchema, NAME_SCHEMA } from '../../http/schema.ts';
import type { ServiceContext } from '../product.ts';
import type { Mailer } from './mailer.ts';
import {
  addToOutbox,
  countLoadRun,
  createAgent,
  createClaim,
  createMember,
  digestOf,
  type NewClaim,
  type Registration,
  readMemberPolicy,
  removeCreated,
  type UploadedDocument,
  type WrittenPart,
} from './repository.ts';
import type { settings } from './settings.ts';
import type { TransactionFaults } from './transaction-faults.ts';

export type InsuranceOptions = ServiceContext<typeof settings> & {
  transactions: RetryingTransactions;
  mailer: Mailer;
  transactionFaults: TransactionFaults;
};

const EMAIL = {
  type: 'string',
  maxLength: 254,
  pattern: '^[^\\s@]+@[^\\s@]+$',
  description: 'an email address',
} as const;
const ID = { type: 'integer', minimum: 1 } as const;
const NEW_AGENT = bodySchema({ name: NAME_SCHEMA, email: EMAIL, branchId: ID, introducedByBranchId: ID });
const NEW_MEMBER = bodySchema({
  name: NAME_SCHEMA,
  email: EMAIL,
  plan: { type: 'string', enum: ['standard', 'family'] },
  agentIds: { type: 'array', items: ID, minItems: 1, maxItems: 3 },
});
const POLICY = idParamsSchema('a member id such as 7');
const DRILL = bodySchema({ cutOff: { type: 'boolean' } });

const MAX_DOCUMENT_BYTES = 5 * 1024 * 1024;

/**
 * Adds the routes of the insurance product. Agents and members register, and members submit claims. The service
 * confirms each registration and claim by email.
 */
export async function insurancePlugin(app: FastifyInstance, options: InsuranceOptions): Promise<void> {
  await app.register(async (api) => addApi(api, options), { prefix: '/api' });
  await app.register(async (admin) => addAdmin(admin, options), { prefix: '/admin' });
}

function addAdmin(admin: FastifyInstance, { settings, database, mailer }: InsuranceOptions): void {
  const { background } = database;
  admin.addHook('onRequest', bearerAuth(settings.adminToken));
  addLoadRunRoute(admin, (run) => removeCreated(background, run));
  admin.get<{ Params: { run: string } }>('/load-runs/:run/ledger', async ({ params: { run } }) => ({
    ledger: await countLoadRun(background, run),
  }));
  admin.put<{ Body: { cutOff: boolean } }>(
    '/drills/email',
    { schema: { body: DRILL } },
    async ({ body: { cutOff } }) => {
      mailer.cutOff = cutOff;
      return { cutOff };
    },
  );
}

async function addApi(api: FastifyInstance, options: InsuranceOptions): Promise<void> {
  const { settings, productSettings, database, transactions, mailer, transactionFaults } = options;
  api.addHook('onRequest', bearerAuth(settings.adminToken));
  await api.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { after }) =>
      httpError(429, 'rate_limited', `too many requests for this agent; try again in ${after}`),
  });
  await api.register(multipart, {
    attachFieldsToBody: true,
    limits: { files: 1, fileSize: MAX_DOCUMENT_BYTES, fields: 10 },
  });
  const limited = {
    config: {
      rateLimit: {
        max: productSettings.rateLimit,
        timeWindow: productSettings.rateWindowMs,
        keyGenerator: agentOf,
      },
    },
  };

  /**
   * Creates a record and its confirmation message in one transaction, then sends the message. If the message cannot be
   * sent now, the response has `degraded: true`.
   */
  const createRecord = async (
    request: FastifyRequest,
    { recipient, subject }: { recipient: string; subject: string },
    create: (client: ClientBase, loadRun: string | null, writtenPart: WrittenPart) => Promise<number>,
  ) => {
    const loadRun = loadRunOf(request);
    const writtenPart = transactionFaults.writtenPart();
    const { id, message } = await transactions.run(async (client) => {
      const id = await create(client, loadRun, writtenPart);
      const message = await addToOutbox(client, recipient, subject, loadRun);
      // Simulate the fault `torn-transaction`: roll back here, so that the later commit writes nothing.
      if (writtenPart === 'nothing') await client.query('ROLLBACK');
      return { id, message };
    });
    const isSent = await mailer.send(message);
    return { id, notification: isSent ? 'sent' : 'queued', degraded: !isSent };
  };

  const addRegistration = <New extends { email: string }>(
    path: string,
    schema: object,
    subject: string,
    create: Registration<New>,
  ) =>
    api.post(path, { ...limited, schema: { body: schema } }, async (request, reply) => {
      const body = request.body as New;
      reply.status(201);
      return createRecord(request, { recipient: body.email, subject }, (client, loadRun, writtenPart) =>
        create(client, body, loadRun, transactionFaults.lockOrder, writtenPart),
      );
    });
  addRegistration('/agents', NEW_AGENT, 'Welcome, agent', createAgent);
  addRegistration('/members', NEW_MEMBER, 'Welcome, member', createMember);

  api.post<{ Body: unknown }>('/claims', limited, async (request, reply) => {
    const { claim, document } = await readForm(request.body);
    reply.status(201);
    const response = await createRecord(
      request,
      { recipient: `member-${claim.memberId}@example.com`, subject: `Claim ${claim.reference}` },
      (client, loadRun, writtenPart) => createClaim(client, claim, document, loadRun, writtenPart),
    );
    return { ...response, bytes: document.content.length, sha256: digestOf(document.content) };
  });

  api.get<{ Params: { id: string } }>('/policies/:id', { schema: { params: POLICY } }, async ({ params: { id } }) => {
    const policy = await database.pool.run((client) => readMemberPolicy(client, Number(id)));
    if (!policy) throw httpError(404, 'unknown_member', `there is no member ${id}`);
    return policy;
  });
}

/**
 * Returns the key for the rate limit: the agent that sent the request, or the IP address if the request has no agent.
 */
const agentOf = ({ headers, ip }: FastifyRequest): string =>
  typeof headers['x-agent'] === 'string' ? headers['x-agent'] : ip;

type Form = Partial<Record<string, MultipartFile | MultipartValue<string>>>;

/** Parses the form of a claim. @throws 400 with a message that names the first missing or invalid field */
async function readForm(body: unknown): Promise<{ claim: NewClaim; document: UploadedDocument }> {
  const form = (body ?? {}) as Form;
  const field = (name: string, pattern: RegExp, expected: string): string => {
    const part = form[name];
    const value = part?.type === 'field' ? part.value : '';
    if (!pattern.test(value)) throw httpError(400, 'invalid_request', `the field ${name} must be ${expected}`);
    return value;
  };
  const claim = {
    memberId: Number(field('memberId', /^[1-9]\d{0,8}$/, 'a member id such as 7')),
    reference: field('reference', /^[\w.:-]{1,120}$/, 'a reference of letters and digits'),
    amountCents: Number(field('amountCents', /^[1-9]\d{0,8}$/, 'an amount in cents')),
    description: field('description', /^[^\0]{1,500}$/, 'a text of up to 500 characters'),
  };
  const part = form.document;
  if (part?.type !== 'file') throw httpError(400, 'invalid_request', 'the field document must be a file');
  const document = { name: part.filename, contentType: part.mimetype, content: await part.toBuffer() };
  return { claim, document };
}
