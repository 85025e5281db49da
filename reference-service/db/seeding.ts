import { createHash } from 'node:crypto';
import pg from 'pg';
import { errorMessageOf, Problem } from '../problem.ts';
import { QUEUE_SCHEMA, SCHEMA } from './schemas.ts';

const DATABASE = 'load_suite';
const TEMPLATE_PREFIX = 'load_suite_seed_';
const MARKER = 'Made by the load suite; dropped and made again at every start';
const LOCK_KEY = 5_403_120_118;

/** Describes the initial contents of the database of a product. */
export type DatabaseContents = {
  /** Name of the product. The name of its template database contains this name. */
  product: string;
  /** SQL script that creates and fills the tables in the current schema. */
  seed: string;
  /** Creates the job queues in the schema `QUEUE_SCHEMA` of the database with this URL. */
  installQueues(url: string): Promise<void>;
  /** Version of the queue tables. Must change whenever `installQueues` creates different tables or queues. */
  queueVersion: string;
};

/**
 * Creates a freshly seeded database in the PostgreSQL cluster of the target. Copies the database from a template, which
 * is built only once for each product and version of the seed.
 *
 * @param urlOf returns the URL of a database in the cluster
 * @returns the name of the database
 */
export async function seedOwnDatabase(
  urlOf: (database: string) => string,
  contents: DatabaseContents,
): Promise<string> {
  const admin = await connect(urlOf('postgres'));
  try {
    const templatePrefix = `${TEMPLATE_PREFIX}${contents.product}_`;
    const template = `${templatePrefix}${versionOf(contents)}`;
    const building = `${TEMPLATE_PREFIX}building`;
    const { rows } = await admin.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1) OR datname = $2',
      [templatePrefix, building],
    );
    const names = rows.map((row) => row.datname);
    for (const stale of names.filter((name) => name !== template)) {
      await admin.query(`DROP DATABASE ${stale} WITH (FORCE)`);
    }
    if (!names.includes(template)) {
      await admin.query(`CREATE DATABASE ${building}`);
      const client = await connect(urlOf(building));
      try {
        await client.query('CREATE EXTENSION pg_stat_statements');
        await install(client, contents);
      } finally {
        await client.end();
      }
      await contents.installQueues(urlOf(building));
      await admin.query(`ALTER DATABASE ${building} RENAME TO ${template}`);
    }
    await admin.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${DATABASE} TEMPLATE ${template} STRATEGY FILE_COPY`);
    return DATABASE;
  } finally {
    await admin.end();
  }
}

/**
 * Creates freshly seeded schemas in an existing database of another PostgreSQL server. Replaces a schema with the same
 * name only if the target created that schema.
 *
 * @returns a function that unlocks the database for other targets
 * @throws Problem if the database cannot be reached, another target uses it, or a schema with the same name was not
 *   created by the target
 */
export async function seedExternalDatabase(url: string, contents: DatabaseContents): Promise<() => Promise<void>> {
  const client = await connect(url).catch((error) => {
    throw new Problem(
      `the database of DATABASE_URL can't be reached (${errorMessageOf(error)}): check the URL and the server`,
    );
  });
  try {
    const lock = await client.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [LOCK_KEY]);
    if (!lock.rows[0]?.free) {
      throw new Problem(
        'another target already uses the database of DATABASE_URL: stop that target, or use another database',
      );
    }
    for (const schema of [SCHEMA, QUEUE_SCHEMA]) await dropOwnSchema(client, schema);
    await install(client, contents);
    await contents.installQueues(url);
    return () => client.end();
  } catch (error) {
    await client.end();
    if (error instanceof Problem) throw error;
    throw new Problem(
      `the database of DATABASE_URL can't be seeded (${errorMessageOf(error)}): its user needs the privilege to create schemas`,
    );
  }
}

async function dropOwnSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ marker: string | null }>(
    "SELECT obj_description(oid, 'pg_namespace') AS marker FROM pg_namespace WHERE nspname = $1",
    [schema],
  );
  if (rows.length === 0) return;
  if (rows[0]?.marker !== MARKER) {
    throw new Problem(
      `the database of DATABASE_URL has a schema ${schema} that the target did not create: rename or drop it, or use another database`,
    );
  }
  await client.query(`DROP SCHEMA ${schema} CASCADE`);
}

async function install(client: pg.Client, { seed }: DatabaseContents): Promise<void> {
  await client.query('BEGIN');
  // Create both schemas in one transaction, so that an interrupted start leaves no schema without the comment that
  // marks schemas of the target.
  for (const schema of [SCHEMA, QUEUE_SCHEMA]) {
    await client.query(`CREATE SCHEMA ${schema}`);
    await client.query(`COMMENT ON SCHEMA ${schema} IS '${MARKER}'`);
  }
  await client.query(`SET LOCAL search_path TO ${SCHEMA}`);
  await client.query(seed);
  await client.query('COMMIT');
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function versionOf({ seed, queueVersion }: DatabaseContents): string {
  return createHash('sha256').update(queueVersion).update(seed).digest('hex').slice(0, 12);
}
