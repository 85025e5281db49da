import { REQUESTS_FAIL_ISSUE, type Rung } from '../evidence/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
import { formatCount, formatMs, formatNumber, formatPercent, pluralize } from '../numbers/index.ts';
import type { Deployment } from './deployments.ts';

/** A reason why one deployment is worse than another with the same number of users. */
export interface LadderReason {
  text: string;
  /** True if the reason is a cause of the difference, false if it is only a symptom. */
  isCause: boolean;
}

/** A deployment at one rung of the ladder. */
export interface DeploymentRung {
  deployment: Deployment;
  rung: Rung;
}

type ReasonCheck = (better: DeploymentRung, worse: DeploymentRung) => string | null;

/** The most informative checks come first. */
const CHECKS: readonly { check: ReasonCheck; isCause: boolean }[] = [
  { check: busyCores, isCause: true },
  { check: cpuPerRequest, isCause: true },
  { check: exhaustedPool, isCause: true },
  { check: connectionLimit, isCause: true },
  { check: otherIssue, isCause: true },
  { check: eventLoop, isCause: false },
  { check: failures, isCause: false },
  { check: capacity, isCause: false },
];

export function ladderReasons(better: DeploymentRung, worse: DeploymentRung): LadderReason[] {
  return CHECKS.flatMap(({ check, isCause }) => {
    const text = check(better, worse);
    return text === null ? [] : [{ text, isCause }];
  });
}

/** Minimum ratio of two measurements that is more than noise. */
const MIN_CPU_RATIO = 1.1;

const processes = (n: number) => pluralize(n, 'process', 'processes');

function busyCores(better: DeploymentRung, worse: DeploymentRung): string | null {
  const { deployment, rung } = worse;
  if (rung.busy === 0) return null;
  const isBigger = (deployment.cores ?? 0) > (better.deployment.cores ?? Number.POSITIVE_INFINITY);
  const isSame = better.rung.busy >= rung.busy;
  return [
    isBigger ? 'worse despite a bigger machine: ' : '',
    `${deployment.name} has ${rung.issue}`,
    isSame ? `, and so has ${better.deployment.name} (${better.rung.issue})` : coresUsed(better),
    coresAdvice(deployment, rung),
  ].join('');
}

function coresUsed({ deployment, rung }: DeploymentRung): string {
  const processCount = processes(deployment.processes);
  return rung.cores === null
    ? `; ${deployment.name} has ${processCount}`
    : `; ${deployment.name} used ${pluralize(rung.cores, 'core')} with ${processCount}`;
}

/** Explains why the deployment does not use more cores, and recommends a change. */
function coresAdvice({ processes: total, cores }: Deployment, { busy }: Rung): string {
  if (cores !== null && busy >= cores) return '. Less work per request or a bigger machine would help';
  if (busy < total) return `. Its load is not balanced: only ${busy} of ${processes(total)} fully busy`;
  if (cores === null) return `. ${processes(total)} cannot use more cores on any machine`;
  return `. ${processes(total)} cannot use more, which leaves ${formatCount(cores - busy)} of ${cores} unused: add processes, not a bigger machine`;
}

function cpuPerRequest(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [less, more] = [better.rung.cpuMs, worse.rung.cpuMs];
  // A deployment without an issue has spare CPU, so CPU time per request does not make that deployment slower.
  if (less === null || more === null || more < MIN_CPU_RATIO * less || worse.rung.issue === null) return null;
  return `a request uses ${formatMs(more)} of CPU time with ${worse.deployment.name}, and ${formatMs(less)} with ${better.deployment.name}`;
}

/** Minimum average number of requests or jobs that wait for a connection. */
const MIN_WAITING = 1;

function exhaustedPool(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [betterPool, worsePool] = [better.rung.pool, worse.rung.pool];
  if (!worsePool || worsePool.waiting < MIN_WAITING) return null;
  if (betterPool && betterPool.waiting >= worsePool.waiting) return null;
  const contrast = betterPool
    ? `; with ${better.deployment.name}, ${formatCount(betterPool.active)} of ${formatCount(betterPool.max)} are in use, and ${formatCount(betterPool.waiting)} wait`
    : '';
  return `${formatCount(worsePool.active)} of the ${pluralize(worsePool.max, 'connection')} of ${worse.deployment.name} are in use, and ${pluralize(worsePool.waiting, 'request or job', 'requests or jobs')} wait for one${contrast}`;
}

function connectionLimit(better: DeploymentRung, worse: DeploymentRung): string | null {
  const connections = worse.deployment.connections;
  if (!connections || connections.fits || better.deployment.connections?.fits === false) return null;
  return `${worse.deployment.name} may open ${connections.processes} × ${connections.pool} = ${pluralize(connections.wanted, 'connection')}, but the database allows ${connections.limit}, with ${connections.reserve} reserved`;
}

/** Returns the issue of the rung unless it concerns the CPU, which {@link busyCores} covers. */
function otherIssue(better: DeploymentRung, worse: DeploymentRung): string | null {
  const { issue, busy } = worse.rung;
  if (issue === null || issue === REQUESTS_FAIL_ISSUE || busy > 0 || issue === better.rung.issue) return null;
  return `the issue of ${worse.deployment.name}: ${issue}`;
}

/** Event loop lag below this is harmless. */
const MIN_LAG_MS = 100;
const MIN_LAG_RATIO = 2;

function eventLoop(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [less, more] = [better.rung.lagMs, worse.rung.lagMs];
  if (less === null || more === null || more < MIN_LAG_MS || more < MIN_LAG_RATIO * less) return null;
  return `the event loop of ${worse.deployment.name} lags by ${formatMs(more)} (p99), that of ${better.deployment.name} by ${formatMs(less)}`;
}

/** Minimum difference between shares of failed requests that is reported. */
const MIN_SHARE_DIFFERENCE = 0.01;

function failures(better: DeploymentRung, worse: DeploymentRung): string | null {
  const kinds = Object.entries(worse.rung.errors) as [ErrorKind, number][];
  const texts = kinds.flatMap(([kind, share]) => {
    const betterShare = better.rung.errors[kind] ?? 0;
    if (share - betterShare < MIN_SHARE_DIFFERENCE) return [];
    const details = worse.deployment.errors[kind];
    return [
      `${kind}${details ? ` (${details.join(', ')})` : ''} ${formatPercent(share)} and ${formatPercent(betterShare)}`,
    ];
  });
  return texts.length === 0
    ? null
    : `failed requests with ${worse.deployment.name} and with ${better.deployment.name}: ${texts.join('; ')}`;
}

function capacity(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [higher, lower] = [better.deployment.capacity, worse.deployment.capacity];
  if (!higher || !lower || higher.perS.interval.low <= lower.perS.interval.high) return null;
  const capacityText = ({ perS, growing }: typeof higher) =>
    `${growing ? 'at least ' : ''}${formatNumber(perS.value)} (${formatNumber(perS.interval.low)} to ${formatNumber(perS.interval.high)})`;
  return `maximum successful responses per second, from the law fitted to all rungs: ${capacityText(lower)} with ${worse.deployment.name}, ${capacityText(higher)} with ${better.deployment.name}`;
}
