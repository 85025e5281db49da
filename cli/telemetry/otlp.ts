import protobuf from 'protobufjs';
import type { Histogram } from '../../lib/core/numbers/index.ts';
import type { MetricSeries, Tags, Window } from '../../lib/core/telemetry/index.ts';

/**
 * The part of OpenTelemetry's metrics protocol that the runner reads from k6. Field numbers are those of
 * opentelemetry/proto/metrics/v1/metrics.proto; unknown fields are skipped by the decoder.
 *
 * Two fields are simplified. The data of a metric remain bytes until its name is known, because most metrics of an export
 * are not needed. Bucket counts of one window fit into 32 bits.
 */
const SCHEMA = `
  syntax = "proto3";
  message Request { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message Metric {
    string name = 1;
    bytes gauge = 5;
    bytes sum = 7;
    bytes exponential_histogram = 10;
  }
  message Numbers { repeated NumberPoint data_points = 1; }
  message NumberPoint {
    fixed64 start_time_unix_nano = 2;
    fixed64 time_unix_nano = 3;
    double as_double = 4;
    sfixed64 as_int = 6;
    repeated KeyValue attributes = 7;
  }
  message ExponentialHistogram { repeated ExponentialPoint data_points = 1; }
  message ExponentialPoint {
    repeated KeyValue attributes = 1;
    fixed64 start_time_unix_nano = 2;
    fixed64 time_unix_nano = 3;
    fixed64 count = 4;
    double sum = 5;
    sint32 scale = 6;
    fixed64 zero_count = 7;
    Buckets positive = 8;
    double min = 12;
    double max = 13;
  }
  message Buckets { sint32 offset = 1; repeated uint32 bucket_counts = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { string string_value = 1; bool bool_value = 2; }
`;

const { root } = protobuf.parse(SCHEMA);
const RequestType = root.lookupType('Request');
const NumbersType = root.lookupType('Numbers');
const ExponentialHistogramType = root.lookupType('ExponentialHistogram');

/** Attribute of the series into which an SDK merges tag sets beyond its limit. */
const OVERFLOW = 'otel.metric.overflow';
const NANOS_PER_MS = 1e6;
/** k6 exports a rate as a counter with this suffix, and a tag for true and false. */
const RATE_SUFFIX = '.total';

/**
 * A 64-bit number as protobufjs decodes it. Only times exceed 2^53, and converting a time to a number loses less than a
 * microsecond.
 */
type Int64 = number | { toNumber(): number };

interface Attribute {
  key: string;
  value?: { stringValue?: string };
}

interface DataPoint {
  attributes?: Attribute[];
  startTimeUnixNano?: Int64;
  timeUnixNano?: Int64;
}

interface NumberDataPoint extends DataPoint {
  asDouble?: number;
  asInt?: Int64;
}

interface HistogramDataPoint extends DataPoint {
  count: Int64;
  sum?: number;
  scale?: number;
  zeroCount?: Int64;
  positive?: { offset?: number; bucketCounts?: number[] };
  min?: number;
  max?: number;
}

interface Metric {
  name: string;
  gauge?: Uint8Array;
  sum?: Uint8Array;
  exponentialHistogram?: Uint8Array;
}

interface ResourceMetrics {
  resource?: { attributes?: Attribute[] };
  scopeMetrics?: { metrics?: Metric[] }[];
}

/** One window of one generator. */
export interface GeneratorExport {
  /** The value of the resource attribute {@link GENERATOR}; empty if the export has no such attribute. */
  generator: string;
  window: Window;
}

/** Resource attribute with the name of the generator. */
export const GENERATOR = 'service.instance.id';
/** Tag that identifies a run in metric stores; Grafana's dashboards for k6 use this name. */
export const RUN_TAG = 'testid';
/** Tag that identifies a generator in metric stores, as set by k6-operator. */
export const GENERATOR_TAG = 'instance_id';
/** Tags that are equal for all samples of a run or pod, and are dropped. */
const COMMON_TAGS: ReadonlySet<string> = new Set([
  RUN_TAG,
  'k6_feature_native_histograms',
  GENERATOR_TAG,
  'testrun_name',
  'job_name',
]);

/**
 * Decodes the windows in a post: one from k6, or several that a collector has combined.
 * @param wanted names of the metrics to keep
 * @returns no window for an export without these metrics
 * @throws Error if the body has another format
 */
export function decodeExports(body: Uint8Array, wanted: ReadonlySet<string>): GeneratorExport[] {
  const { resourceMetrics = [] } = RequestType.decode(body) as unknown as {
    resourceMetrics?: ResourceMetrics[];
  };
  return resourceMetrics.flatMap((metrics) => {
    const window = windowOf(metrics, wanted);
    const id = metrics.resource?.attributes?.find(({ key }) => key === GENERATOR);
    return window ? [{ generator: id?.value?.stringValue ?? '', window }] : [];
  });
}

function windowOf({ scopeMetrics = [] }: ResourceMetrics, wanted: ReadonlySet<string>): Window | null {
  const window: Window = { startMs: Infinity, endMs: 0, series: [], overflowed: false };
  for (const metric of scopeMetrics.flatMap(({ metrics = [] }) => metrics)) {
    const name = metric.name.endsWith(RATE_SUFFIX) ? metric.name.slice(0, -RATE_SUFFIX.length) : metric.name;
    if (!wanted.has(name)) continue;
    for (const point of pointsOf<HistogramDataPoint>(ExponentialHistogramType, metric.exponentialHistogram)) {
      widenWindow(window, point);
      addSeries(window, name, point, { histogram: histogramOf(point) });
    }
    for (const point of pointsOf<NumberDataPoint>(NumbersType, metric.sum)) {
      widenWindow(window, point);
      addSeries(window, name, point, { value: pointValue(point) });
    }
    for (const point of pointsOf<NumberDataPoint>(NumbersType, metric.gauge))
      addSeries(window, name, point, { value: pointValue(point) });
  }
  return window.endMs === 0 ? null : window;
}

/** Returns the data points of a message; empty if the message is absent. */
function pointsOf<P extends DataPoint>(type: protobuf.Type, bytes: Uint8Array = new Uint8Array()): P[] {
  return (type.decode(bytes) as unknown as { dataPoints: P[] }).dataPoints;
}

function addSeries(
  window: Window,
  metric: string,
  point: DataPoint,
  content: Pick<MetricSeries, 'value' | 'histogram'>,
): void {
  const tags: Tags = {};
  for (const { key, value } of point.attributes ?? []) {
    if (key === OVERFLOW) window.overflowed = true;
    else if (!COMMON_TAGS.has(key)) tags[key] = value?.stringValue ?? '';
  }
  window.series.push({ metric, tags, ...content });
}

/**
 * Extends the window to the period of a data point. Gauges are excluded, because their period begins with the process.
 */
function widenWindow(window: Window, point: DataPoint): void {
  window.startMs = Math.min(window.startMs, instantOf(point.startTimeUnixNano));
  window.endMs = Math.max(window.endMs, instantOf(point.timeUnixNano));
}

const numberOf = (value: Int64 | undefined): number => (typeof value === 'object' ? value.toNumber() : (value ?? 0));
const instantOf = (nanos: Int64 | undefined): number => Math.round(numberOf(nanos) / NANOS_PER_MS);
/** Returns the value of a data point. Only one of the two fields is sent; the other one is zero. */
const pointValue = ({ asDouble = 0, asInt }: NumberDataPoint): number => asDouble + numberOf(asInt);

function histogramOf(point: HistogramDataPoint): Histogram {
  const count = numberOf(point.count);
  return {
    count,
    sum: point.sum ?? 0,
    min: point.min ?? 0,
    max: point.max ?? 0,
    scale: point.scale ?? 0,
    zeroCount: numberOf(point.zeroCount),
    offset: point.positive?.offset ?? 0,
    counts: point.positive?.bucketCounts ?? [],
  };
}
