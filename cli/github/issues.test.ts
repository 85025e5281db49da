import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarmsOf, historiesOf } from '../../lib/core/across-runs/index.ts';
import { flowRecord, nightlyRecord, nightStartMs } from '../../lib/core/testing/history.ts';
import type { ProductHistory } from '../report/history/history-documents.ts';
import { deadUrl } from '../testing/environment.ts';
import { FakeGitHub, REPOSITORY, type StoredIssue, TOKEN } from '../testing/fake-github.ts';
import { problem } from '../testing/problem.ts';
import { bodyOf, subjectOf, titleOf, updateAlertIssue } from './alert-issue.ts';
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

describe('the GitHub issue of an alert', () => {
  const run = (fake: FakeGitHub, history: ProductHistory, subject = subjectOf('shop')) =>
    updateAlertIssue(GitHubIssues.fromEnvironment(fake.env), subject, history, NOW);

  test('the GitHub issue of an alert is opened once, updated while alarms remain, and then closed', async (t) => {
    const fake = await FakeGitHub.start(t);
    fake.add();
    assert.deepEqual(await run(fake, GOOD), { outcome: 'not needed', url: null });
    assert.equal(fake.issues.length, 1);

    const opened = await run(fake, BAD);
    assert.deepEqual(opened, { outcome: 'opened', url: 'https://github.example.com/issues/2' });
    const [, issue] = fake.issues;
    assert.equal(issue?.title, titleOf('shop'));
    assert.equal(issue?.body, bodyOf('shop', BAD, NOW));
    assert.match(issue?.body ?? '', /below the target of 95\.0 %: 89\.3 %/);

    assert.equal((await run(fake, WORSE)).outcome, 'updated');
    assert.equal(fake.issues.length, 2, 'no second issue');
    assert.match(issue?.body ?? '', /82\.1 %/);
    assert.equal(issue?.title, titleOf('shop'), 'the same title');
    assert.deepEqual(issue?.comments, [], 'an update adds no comment, which would notify subscribers');

    assert.equal((await run(fake, GOOD)).outcome, 'closed');
    assert.equal(issue?.state, 'closed');
    assert.equal(issue?.comments.length, 1);
    assert.equal((await run(fake, GOOD)).outcome, 'not needed');

    assert.equal((await run(fake, BAD)).outcome, 'opened', 'a new issue, because the old one is closed');
    assert.equal(fake.issues.length, 3);
    assert.deepEqual(fake.wrong, []);
  });

  test('the GitHub issue of an alert is found among hundreds of open issues', async (t) => {
    const fake = await FakeGitHub.start(t);
    for (let i = 0; i < 250; i++) fake.add();
    await run(fake, BAD);
    for (let i = 0; i < 150; i++) fake.add({ body: null });
    assert.equal((await run(fake, WORSE)).outcome, 'updated');
    assert.equal(fake.issues.length, 401);
  });

  test('each product and each alert about a single test has a separate GitHub issue', async (t) => {
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

  test('an issue of an untrusted author is ignored, even if its text contains the mark of an alert', async (t) => {
    const fake = await FakeGitHub.start(t);
    const forged = fake.add({
      title: 'forged',
      body: bodyOf('shop', BAD, NOW),
      author_association: 'NONE',
    });
    assert.equal((await run(fake, WORSE)).outcome, 'opened');
    assert.equal(forged.title, 'forged');
    fake.add({ body: bodyOf('shop', BAD, NOW), user: { type: 'Bot' }, pull_request: {} });
    fake.add({ body: `They say: ${bodyOf('shop', BAD, NOW)}`, user: { type: 'Bot' } });
    fake.issues[1] = { ...(fake.issues[1] as StoredIssue), state: 'closed' };
    assert.equal((await run(fake, WORSE)).outcome, 'opened', 'an issue that quotes the mark is not updated');
    const ours = fake.add({ body: bodyOf('bank', BAD, NOW), author_association: 'MEMBER' });
    assert.equal((await run(fake, WORSE, 'bank')).outcome, 'updated');
    assert.equal(ours.title, titleOf('bank'));
  });
});

describe('the error about a failed GitHub request', () => {
  const problemWithoutToken = (message: RegExp) => problem(message, { hides: TOKEN });

  const failures: [status: number, text: string, message: RegExp][] = [
    [403, '{"message":"Resource not accessible by integration"}', /returned HTTP 403 to GET .*Resource not accessible/],
    [502, '<html>bad gateway</html>', /returned HTTP 502 to GET .*no reason given/],
  ];
  for (const [status, text, message] of failures)
    test(`the error about a failed GitHub request contains status ${status} and the reason`, async (t) => {
      const fake = await FakeGitHub.start(t);
      fake.failure = { status, text };
      await assert.rejects(
        updateAlertIssue(GitHubIssues.fromEnvironment(fake.env), 'shop', BAD, NOW),
        problemWithoutToken(message),
      );
    });

  test('the error about an unreachable GitHub contains the URL and the reason', async () => {
    const env = { GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: REPOSITORY, GITHUB_API_URL: await deadUrl() };
    await assert.rejects(
      updateAlertIssue(GitHubIssues.fromEnvironment(env), 'shop', BAD, NOW),
      problemWithoutToken(/cannot be reached at .*ECONNREFUSED/),
    );
  });

  test('the error about GitHub settings names each variable that is missing or invalid', () => {
    assert.throws(
      () => GitHubIssues.fromEnvironment({}),
      problemWithoutToken(/^Set GITHUB_TOKEN and GITHUB_REPOSITORY to/),
    );
    assert.throws(
      () => GitHubIssues.fromEnvironment({ GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: '../../x' }),
      problemWithoutToken(/is "\.\.\/\.\.\/x", but it must be owner\/name/),
    );
  });
});
