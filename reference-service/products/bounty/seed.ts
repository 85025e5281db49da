import { instantOf, pickValue } from '../../db/sql.ts';

/**
 * Number of accounts in the seeded data. Their emails are user-1@example.com to user-3@example.com. All accounts have
 * the same password.
 */
const ACCOUNTS = 3;
const PASSWORD = 'local-test-password';
/** Number of bounties in the seeded data. The bounties have the ids 1 to 5000. */
const BOUNTIES = 5000;
const TRANSACTIONS_PER_ACCOUNT = 400;
const NOTIFICATIONS_PER_ACCOUNT = 300;

/**
 * SQL script that creates the tables and rows of the bounty product. Creates the same rows every time, because no value
 * depends on the time or on random numbers.
 */
export const seed = `
CREATE TABLE accounts (
  id int PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  salt text NOT NULL,
  password_hash bytea NOT NULL
);
CREATE TABLE bounties (
  id int PRIMARY KEY,
  title text NOT NULL,
  status text NOT NULL,
  reward_cents int NOT NULL,
  posted_by int NOT NULL REFERENCES accounts,
  created_at timestamptz NOT NULL
);
CREATE TABLE transactions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id int NOT NULL REFERENCES accounts,
  kind text NOT NULL,
  amount_cents int NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id int NOT NULL REFERENCES accounts,
  title text NOT NULL,
  is_read boolean NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE payment_intents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id int NOT NULL REFERENCES accounts,
  amount_cents int NOT NULL,
  status text NOT NULL,
  load_run text,
  created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO accounts (id, email, name, salt, password_hash)
SELECT n, 'user-' || n || '@example.com', 'User ' || n, md5('salt:' || n),
  sha256(convert_to(md5('salt:' || n) || '${PASSWORD}', 'UTF8'))
FROM generate_series(1, ${ACCOUNTS}) n;

INSERT INTO bounties (id, title, status, reward_cents, posted_by, created_at)
SELECT n, ${pickValue(['Fix', 'Write', 'Review', 'Translate', 'Design'], 'n', 'verb')} || ' task ' || n,
  ${pickValue(['open', 'open', 'claimed', 'paid'], 'n', 'status')}, 1000 + 50 * (n % 300), 1 + n % ${ACCOUNTS},
  ${instantOf('n', 15)}
FROM generate_series(1, ${BOUNTIES}) n;

INSERT INTO transactions (account_id, kind, amount_cents, created_at)
SELECT account, ${pickValue(['deposit', 'reward', 'payout'], '(account * 1000 + n)', 'kind')},
  100 * (1 + n % 90), ${instantOf('n', 30)}
FROM generate_series(1, ${ACCOUNTS}) account, generate_series(1, ${TRANSACTIONS_PER_ACCOUNT}) n;

INSERT INTO notifications (account_id, title, is_read, created_at)
SELECT account, 'Notification ' || n, n % 7 <> 0, ${instantOf('n', 45)}
FROM generate_series(1, ${ACCOUNTS}) account, generate_series(1, ${NOTIFICATIONS_PER_ACCOUNT}) n;

CREATE INDEX idx_bounties_status ON bounties (status, id);
CREATE INDEX idx_transactions_account ON transactions (account_id, id);
CREATE INDEX idx_notifications_account ON notifications (account_id, id);
CREATE INDEX idx_notifications_unread ON notifications (account_id) WHERE NOT is_read;
CREATE INDEX idx_payment_intents_load_run ON payment_intents (load_run) WHERE load_run IS NOT NULL;

ANALYZE accounts, bounties, transactions, notifications, payment_intents;
`;
