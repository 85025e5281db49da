const CREATORS = 60;
const CAMPAIGNS = 200;

/**
 * SQL script that creates the tables and rows of the collab product. Creates the same rows every time, because no value
 * depends on the time or on random numbers.
 */
export const seed = `
CREATE TABLE creators (
  id int PRIMARY KEY,
  name text NOT NULL,
  followers int NOT NULL
);
CREATE TABLE campaigns (
  id int PRIMARY KEY,
  title text NOT NULL,
  budget int NOT NULL
);
CREATE TABLE applications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id int NOT NULL REFERENCES campaigns,
  creator_id int NOT NULL REFERENCES creators,
  message text NOT NULL,
  load_run text
);

INSERT INTO creators (id, name, followers)
SELECT n, 'Creator ' || n, 1000 + n * 7919 % 90000 FROM generate_series(1, ${CREATORS}) n;

INSERT INTO campaigns (id, title, budget)
SELECT n, 'Campaign ' || n, 500 + n * 131 % 5000 FROM generate_series(1, ${CAMPAIGNS}) n;

CREATE INDEX idx_applications_load_run ON applications (load_run) WHERE load_run IS NOT NULL;

ANALYZE creators, campaigns, applications;
`;
