import { REQUESTS_FAIL_ISSUE, type Rung } from '../evidence/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
import { formatCount, formatMs, formatNumber, formatPercent, pluralize } from '../numbers/index.ts';
import type { Deployment } from './deployments.ts';

/** Why a deployment is worse than another one with so many users, in numbers. */
export interface LadderReason {
  text: string;
  /** It brings about that the other is better; else it is only what that looks like. */
  isCause: boolean;
}

/** A deployment with so many users. */
export interface DeploymentRung {
  deployment: Deployment;
  rung: Rung;
}

type Look = (better: DeploymentRung, worse: DeploymentRung) => string | null;

/** What is looked at, what tells most first. */
const LOOKS: readonly { look: Look; isCause: boolean }[] = [
  { look: busyCores, isCause: true },
  { look: cpuOfARequest, isCause: true },
  { look: exhaustedPool, isCause: true },
  { look: connectionLimit, isCause: true },
  { look: otherIssue, isCause: true },
  { look: eventLoop, isCause: false },
  { look: failures, isCause: false },
  { look: capacity, isCause: false },
];

export function ladderReasons(better: DeploymentRung, worse: DeploymentRung): LadderReason[] {
  return LOOKS.flatMap(({ look, isCause }) => {
    const text = look(better, worse);
    return text === null ? [] : [{ text, isCause }];
  });
}

/** From here on what one has more of than the other is no accident of measuring. */
const MORE = 1.1;

const processes = (n: number) => pluralize(n, 'process', 'processes');

function busyCores(better: DeploymentRung, worse: DeploymentRung): string | null {
  const { deployment, rung } = worse;
  if (rung.busy === 0) return null;
  const bigger = (deployment.cores ?? 0) > (better.deployment.cores ?? Number.POSITIVE_INFINITY);
  const isAlike = better.rung.busy >= rung.busy;
  return [
    bigger ? 'a bigger machine, and worse: ' : '',
    `${deployment.name} has ${rung.issue}`,
    isAlike ? `, as ${better.deployment.name} has (${better.rung.issue})` : used(better),
    idle(deployment, rung),
  ].join('');
}

function used({ deployment, rung }: DeploymentRung): string {
  const own = processes(deployment.processes);
  return rung.cores === null
    ? `; ${deployment.name} has ${own}`
    : `; ${deployment.name} used ${pluralize(rung.cores, 'core')} with ${own}`;
}

/** What stands in the way of the cores that are there. */
function idle({ processes: there, cores }: Deployment, { busy }: Rung): string {
  if (cores !== null && busy >= cores) return '. Less work a request helps, or a bigger machine';
  if (busy < there) return `. Its load is not spread: ${busy} of ${processes(there)} compute all the time`;
  if (cores === null) return `. ${processes(there)} can use no more, whatever the machine`;
  return `. ${processes(there)} can use no more, and ${formatCount(cores - busy)} of ${cores} stay unused: more processes help, a bigger machine does not`;
}

function cpuOfARequest(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [less, more] = [better.rung.cpuMs, worse.rung.cpuMs];
  // Who has time to spare has no slow answers for what a request takes.
  if (less === null || more === null || more < MORE * less || worse.rung.issue === null) return null;
  return `a request takes ${formatMs(more)} of CPU with ${worse.deployment.name}, ${formatMs(less)} with ${better.deployment.name}`;
}

/** Less than one unit of work that waits, on average, is none. */
const WAITS = 1;

function exhaustedPool(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [other, own] = [better.rung.pool, worse.rung.pool];
  if (!own || own.waiting < WAITS || (other && other.waiting >= own.waiting)) return null;
  const otherwise = other
    ? `; with ${better.deployment.name} ${formatCount(other.active)} of ${formatCount(other.max)} are in use, and ${formatCount(other.waiting)} wait`
    : '';
  return `${formatCount(own.active)} of the ${pluralize(own.max, 'connection')} of ${worse.deployment.name} are in use, and ${pluralize(own.waiting, 'unit')} of work wait for one${otherwise}`;
}

function connectionLimit(better: DeploymentRung, worse: DeploymentRung): string | null {
  const own = worse.deployment.connections;
  if (!own || own.fits || better.deployment.connections?.fits === false) return null;
  return `${worse.deployment.name} may open ${own.processes} × ${own.pool} = ${pluralize(own.wanted, 'connection')}, and the database takes ${own.limit} less ${own.reserve} in reserve`;
}

/** What was found beside the CPU, which is told already. */
function otherIssue(better: DeploymentRung, worse: DeploymentRung): string | null {
  const { issue, busy } = worse.rung;
  if (issue === null || issue === REQUESTS_FAIL_ISSUE || busy > 0 || issue === better.rung.issue) return null;
  return `the issue of ${worse.deployment.name} is: ${issue}`;
}

/** Less lag than this is of no harm. */
const LATE_MS = 100;
const MUCH_LATER = 2;

function eventLoop(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [less, more] = [better.rung.lagMs, worse.rung.lagMs];
  if (less === null || more === null || more < LATE_MS || more < MUCH_LATER * less) return null;
  return `the event loop of ${worse.deployment.name} lags by ${formatMs(more)} (p99), that of ${better.deployment.name} by ${formatMs(less)}`;
}

/** A smaller difference of shares is not worth telling. */
const MORE_FAIL = 0.01;

function failures(better: DeploymentRung, worse: DeploymentRung): string | null {
  const kinds = Object.entries(worse.rung.errors) as [ErrorKind, number][];
  const told = kinds.flatMap(([kind, share]) => {
    const other = better.rung.errors[kind] ?? 0;
    if (share - other < MORE_FAIL) return [];
    const said = worse.deployment.errors[kind];
    return [
      `${kind}${said ? ` (${said.join(', ')})` : ''} ${formatPercent(share)} against ${formatPercent(other)}`,
    ];
  });
  return told.length === 0
    ? null
    : `of the requests to ${worse.deployment.name} fail, against those to ${better.deployment.name}: ${told.join('; ')}`;
}

function capacity(better: DeploymentRung, worse: DeploymentRung): string | null {
  const [most, least] = [better.deployment.capacity, worse.deployment.capacity];
  if (!most || !least || most.perS.interval.low <= least.perS.interval.high) return null;
  const words = ({ perS, growing }: typeof most) =>
    `${growing ? 'at least ' : ''}${formatNumber(perS.value)} (${formatNumber(perS.interval.low)} to ${formatNumber(perS.interval.high)})`;
  return `most right answers a second, by the law fitted to all rungs: ${words(least)} of ${worse.deployment.name}, ${words(most)} of ${better.deployment.name}`;
}
