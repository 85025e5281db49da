import { InvalidArgumentError } from 'commander';
import { K6_VERSION } from '../../k6/index.ts';

/** The user's settings for a run in a cluster. */
export interface ClusterSettings {
  parallelism: number;
  namespace?: string | undefined;
  image: string;
  collectorImage: string;
  cpu: string;
  memory: string;
  separate: boolean;
  claim?: string | undefined;
}

export const DEFAULTS = {
  image: `grafana/k6:${K6_VERSION}`,
  collectorImage: 'otel/opentelemetry-collector:0.162.0',
  cpu: '1',
  memory: '1Gi',
  secret: 'load-suite',
} as const;

/** The maximum length of a name, which leaves room for the suffix `-initializer` that k6-operator appends. */
const MAX_NAME_LENGTH = 51;
const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
/** Matches an image with a tag or a digest. Without a tag and a digest, the cluster would pull the newest image. */
const PINNED = /^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::(?!latest$)[\w][\w.-]*)?(?:@sha256:[\da-f]{64})?$/;

const refuse = (expected: string): never => {
  throw new InvalidArgumentError(`Expected ${expected}.`);
};

/**
 * The parsers of command-line options. Each parser throws an error that commander shows together with the name of the
 * option.
 */
export const parseClusterOption = {
  parallelism: (text: string): number =>
    /^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1000 ? Number(text) : refuse('a whole number from 1 to 1000'),
  name: (text: string): string =>
    LABEL.test(text) && text.length <= MAX_NAME_LENGTH
      ? text
      : refuse(`at most ${MAX_NAME_LENGTH} lowercase letters, digits and hyphens, beginning with a letter`),
  image: (text: string): string =>
    PINNED.test(text) && /:[^/]+$/.test(text)
      ? text
      : refuse(`an image with a tag other than latest, or a digest: grafana/k6:${K6_VERSION}@sha256:…`),
  cpu: (text: string): string => (/^([1-9]\d*m?|\d+\.\d+)$/.test(text) ? text : refuse('cores such as 2, 0.5 or 500m')),
  memory: (text: string): string => (MEMORY.test(text) ? text : refuse('an amount such as 512Mi or 2Gi')),
  url: (text: string): string =>
    /^https?:\/\/[^\s/@?#]+$/.test(text) && URL.canParse(text)
      ? text
      : refuse('a URL without a path, such as http://10.0.0.7:4318'),
  port: (text: string): number =>
    /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536 ? Number(text) : refuse('a port from 1 to 65535'),
};

/** Returns the version in the tag of an image; null if the tag contains no version or the image has no tag. */
export const versionOf = (image: string): string | null => /:v?(\d+\.\d+\.\d+)(?:@|$)/.exec(image)?.[1] ?? null;

const MEMORY = /^([1-9]\d*)(Mi|Gi)$/;
const UNIT_BYTES: Record<string, number> = { Mi: 1024 ** 2, Gi: 1024 ** 3 };

export function bytesOf(memory: string): number {
  const [, amount, unit = ''] = MEMORY.exec(memory) ?? [];
  return Number(amount) * (UNIT_BYTES[unit] ?? 0);
}
