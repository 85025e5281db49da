import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarmsOf, historiesOf } from '../../lib/core/across-runs/index.ts';
import { flowRecord, nightlyRecord, nightStartMs } from '../../lib/core/testing/history.ts';
import type { ProductHistory } from '../report/history/history-documents.ts';
import { deadUrl } from '../testing/environment.ts';
import { FakeGitHub, type Kept, REPOSITORY, TOKEN } from '../testing/fake-github.ts';
import { problem } from '../testing/problem.ts';
import { bodyOf, subjectOf, tell, titleOf } from './alert-issue.ts';
import { GitHubIssues } from './issues.ts';

const productWith = (nights: number, failed: (night: number) => number): ProductHistory => {
  const untilMs = nightStartMs(nights) + 1;
  const records = Array.from({ length: nights }, (_, i) =>
    nightlyRecord(i + 1, { flows: [flowRecord(2800, { pay: failed(i + 1) })] }),
  );
  const histories = historiesOf(records, { untilMs });
  return { product: 'shop', histories, alarms: alarmsOf(histories, { untilMs }) };
};
const BAD = productWith(3, () => 300);
const WORSE = productWith(4, () => 500);
const GOOD = productWith(3, () => 10);
const NOW = nightStartMs(5);

describe('the issue of an alert', () => {
  const run = (fake: FakeGitHub, one: ProductHistory, subject = subjectOf('shop')) =>
    tell(GitHubIssues.of(fake.env), subject, one, NOW);

  test('is opened once, brought up to date every night, and closed when all is well again', async (t) => {
    const fake = await FakeGitHub.start(t);
    fake.add();
    assert.deepEqual(await run(fake, GOOD), { what: 'not needed', url: null });
    assert.equal(fake.issues.length, 1);

    const opened = await run(fake, BAD);
    assert.deepEqual(opened, { what: 'opened', url: 'https://github.example.com/issues/2' });
    const [, issue] = fake.issues;
    assert.equal(issue?.title, titleOf('shop'));
    assert.equal(issue?.body, bodyOf('shop', BAD, NOW));
    assert.match(issue?.body ?? '', /below the target of 95\.0 %: 89\.3 %/);

    assert.equal((await run(fake, WORSE)).what, 'brought up to date');
    assert.equal(fake.issues.length, 2, 'and none a night');
    assert.match(issue?.body ?? '', /82\.1 %/);
    assert.equal(issue?.title, titleOf('shop'), 'the same title');
    assert.deepEqual(issue?.comments, [], 'nobody is woken by it');

    assert.equal((await run(fake, GOOD)).what, 'closed');
    assert.equal(issue?.state, 'closed');
    assert.equal(issue?.comments.length, 1);
    assert.equal((await run(fake, GOOD)).what, 'not needed');

    assert.equal((await run(fake, BAD)).what, 'opened', 'a new one: the old one is over');
    assert.equal(fake.issues.length, 3);
    assert.deepEqual(fake.wrong, []);
  });

  test('is found among hundreds of others', async (t) => {
    const fake = await FakeGitHub.start(t);
    for (let i = 0; i < 250; i++) fake.add();
    await run(fake, BAD);
    for (let i = 0; i < 150; i++) fake.add({ body: null });
    assert.equal((await run(fake, WORSE)).what, 'brought up to date');
    assert.equal(fake.issues.length, 401);
  });

  test('is one of its own for each product, and for a test that is looked at alone', async (t) => {
    const fake = await FakeGitHub.start(t);
    for (const subject of ['shop', 'bank', subjectOf('shop', 'peak')]) await run(fake, BAD, subject);
    assert.deepEqual(
      fake.issues.map(({ title }) => title),
      ['shop', 'bank', 'shop/peak'].map(titleOf),
    );
    await run(fake, GOOD, 'bank');
    assert.deepEqual(
      fake.issues.map(({ state }) => state),
      ['open', 'closed', 'open'],
    );
  });

  test('is not one that a stranger opened with the same mark in it', async (t) => {
    const fake = await FakeGitHub.start(t);
    const forged = fake.add({
      title: 'look here',
      body: bodyOf('shop', BAD, NOW),
      author_association: 'NONE',
    });
    assert.equal((await run(fake, WORSE)).what, 'opened');
    assert.equal(forged.title, 'look here');
    fake.add({ body: bodyOf('shop', BAD, NOW), user: { type: 'Bot' }, pull_request: {} });
    fake.add({ body: `They say: ${bodyOf('shop', BAD, NOW)}`, user: { type: 'Bot' } });
    fake.issues[1] = { ...(fake.issues[1] as Kept), state: 'closed' };
    assert.equal((await run(fake, WORSE)).what, 'opened', 'nor one that quotes it');
    const ours = fake.add({ body: bodyOf('bank', BAD, NOW), author_association: 'MEMBER' });
    assert.equal((await run(fake, WORSE, 'bank')).what, 'brought up to date');
    assert.equal(ours.title, titleOf('bank'));
  });
});

describe('what GitHub does not do is told', () => {
  const told = (message: RegExp) => problem(message, { hides: TOKEN });

  const failures: [status: number, text: string, message: RegExp][] = [
    [
      403,
      '{"message":"Resource not accessible by integration"}',
      /answered 403 to GET .*Resource not accessible/,
    ],
    [502, '<html>bad gateway</html>', /answered 502 to GET .*it did not say why/],
  ];
  for (const [status, text, message] of failures)
    test(`an answer of ${status}`, async (t) => {
      const fake = await FakeGitHub.start(t);
      fake.failure = { status, text };
      await assert.rejects(tell(GitHubIssues.of(fake.env), 'shop', BAD, NOW), told(message));
    });

  test('nobody there', async () => {
    const env = { GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: REPOSITORY, GITHUB_API_URL: await deadUrl() };
    await assert.rejects(
      tell(GitHubIssues.of(env), 'shop', BAD, NOW),
      told(/cannot be reached at .*ECONNREFUSED/),
    );
  });

  test('variables that are missing or wrong', () => {
    assert.throws(() => GitHubIssues.of({}), told(/takes GITHUB_TOKEN and GITHUB_REPOSITORY:/));
    assert.throws(
      () => GitHubIssues.of({ GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: '../../x' }),
      told(/takes owner\/name, and is "\.\.\/\.\.\/x"/),
    );
  });
});
