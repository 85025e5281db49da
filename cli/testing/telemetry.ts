import protobuf from 'protobufjs';
import { GENERATOR } from '../telemetry/otlp.ts';

/**
 * For tests: encodes OpenTelemetry messages as k6 sends them, with all fields that the receiver reads and some fields
 * that the receiver ignores.
 */
const SCHEMA = `
  syntax = "proto3";
  message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; }
  message InstrumentationScope { string name = 1; }
  message Metric {
    string name = 1;
    string description = 2;
    string unit = 3;
    oneof data { Gauge gauge = 5; Sum sum = 7; ExponentialHistogram exponential_histogram = 10; }
  }
  message Gauge { repeated NumberDataPoint data_points = 1; }
  message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message NumberDataPoint {
    fixed64 start_time_unix_nano = 2;
    fixed64 time_unix_nano = 3;
    oneof value { double as_double = 4; sfixed64 as_int = 6; }
    repeated KeyValue attributes = 7;
  }
  message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
  message ExponentialHistogramDataPoint {
    repeated KeyValue attributes = 1;
    fixed64 start_time_unix_nano = 2;
    fixed64 time_unix_nano = 3;
    fixed64 count = 4;
    optional double sum = 5;
    sint32 scale = 6;
    fixed64 zero_count = 7;
    Buckets positive = 8;
    Buckets negative = 9;
    optional double min = 12;
    optional double max = 13;
    double zero_threshold = 14;
  }
  message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; } }
`;

const RequestType = protobuf.parse(SCHEMA).root.lookupType('ExportMetricsServiceRequest');
const DELTA = 1;

/** The metrics that one k6 process sends, and the name of the generator if a run has several generators. */
interface SentMetrics {
  generator?: string;
  metrics: readonly object[];
}

/** Encodes the body of an export request with the metrics of one k6 process. */
export const encodeExport = (metrics: readonly object[], generator?: string): Uint8Array =>
  encodeExports([{ metrics, ...(generator !== undefined && { generator }) }]);

/** Encodes the body of an export request in which a collector combines the metrics of several k6 processes. */
export function encodeExports(parts: readonly SentMetrics[]): Uint8Array {
  const resourceMetrics = parts.map(({ generator, metrics }) => ({
    resource: {
      attributes: [
        attribute('service.name', 'k6'),
        ...(generator === undefined ? [] : [attribute(GENERATOR, generator)]),
      ],
    },
    scopeMetrics: [{ scope: { name: 'k6' }, metrics }],
  }));
  return RequestType.encode(RequestType.create({ resourceMetrics })).finish();
}

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** Returns the fields that every data point has: the tags, and the start and end of the period. */
export function pointOf(tags: Record<string, string> = {}, { fromMs = 0, toMs = 5000 } = {}): object {
  return {
    attributes: Object.entries(tags).map(([key, value]) => attribute(key, value)),
    startTimeUnixNano: fromMs * 1e6,
    timeUnixNano: toMs * 1e6,
  };
}

export const sum = (name: string, ...dataPoints: object[]): object => ({
  name,
  sum: { dataPoints, aggregationTemporality: DELTA, isMonotonic: true },
});

export const gauge = (name: string, ...dataPoints: object[]): object => ({ name, gauge: { dataPoints } });

export const exponential = (name: string, ...dataPoints: object[]): object => ({
  name,
  unit: 'ms',
  exponentialHistogram: { dataPoints, aggregationTemporality: DELTA },
});
