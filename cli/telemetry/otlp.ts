import protobuf from 'protobufjs';
import type { Histogram } from '../../lib/core/numbers/index.ts';
import type { MetricSeries, Tags, Window } from '../../lib/core/telemetry/index.ts';

/**
 * The part of OpenTelemetry's metrics protocol that the runner needs for the telemetry of k6. Field numbers are those
 * of opentelemetry/proto/metrics/v1/metrics.proto; unknown fields are skipped by the decoder.
 *
 * Two fields are simplified. The data of a metric are first decoded as bytes, because most metrics of an export are not
 * needed. Bucket counts are decoded as 32-bit numbers, which is enough for one window.
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

/** The attribute with which an OpenTelemetry SDK marks a series that merges all tag sets beyond the SDK's limit. */
const OVERFLOW = 'otel.metric.overflow';
const NANOS_PER_MS = 1e6;
/**
 * The suffix in the names of rates. k6 exports a rate as a counter with this suffix, and with a tag for true or false.
 */
const RATE_SUFFIX = '.total';

/**
 * A 64-bit number, as decoded by protobufjs. Only times in nanoseconds exceed 2^53, and converting such a time to a
 * number loses less than a microsecond.
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

/** The metrics of one generator in one window. */
export interface GeneratorExport {
  /**
   * The name of the generator, from the resource attribute {@link GENERATOR}; empty if the export has no such
   * attribute.
   */
  generator: string;
  window: Window;
}

/** The resource attribute that contains the name of the generator. */
export const GENERATOR = 'service.instance.id';
/** The tag that identifies a run in metric stores. Grafana's dashboards for k6 use this name. */
export const RUN_TAG = 'testid';
/** The tag that identifies a generator in metric stores. k6-operator uses the same name. */
export const GENERATOR_TAG = 'instance_id';
/** Tags to drop, because their values are equal for all samples of a run or pod. */
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
 * @returns the windows; no window for an export without the wanted metrics
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
 * Extends the window so that it includes the period of a data point. Must not be called for gauges, whose period begins
 * at the start of the process.
 */
function widenWindow(window: Window, point: DataPoint): void {
  window.startMs = Math.min(window.startMs, instantOf(point.startTimeUnixNano));
  window.endMs = Math.max(window.endMs, instantOf(point.timeUnixNano));
}

const numberOf = (value: Int64 | undefined): number => (typeof value === 'object' ? value.toNumber() : (value ?? 0));
const instantOf = (nanos: Int64 | undefined): number => Math.round(numberOf(nanos) / NANOS_PER_MS);
/** Returns the value of a data point. Only one of its two value fields is sent, so the unsent field is zero. */
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
