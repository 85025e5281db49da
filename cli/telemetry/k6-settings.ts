/**
 * Variables of k6's OpenTelemetry output and of the OpenTelemetry SDK. With these values, k6 sends its metrics once per
 * window, as delta sums and base-2 exponential histograms.
 */
export function telemetrySettings(endpoint: string, windowMs: number): Record<string, string> {
  return {
    K6_OTEL_EXPORTER_PROTOCOL: 'http/protobuf',
    K6_OTEL_HTTP_EXPORTER_INSECURE: 'true',
    K6_OTEL_HTTP_EXPORTER_ENDPOINT: endpoint,
    K6_OTEL_HTTP_EXPORTER_URL_PATH: '/v1/metrics',
    K6_OTEL_EXPORT_INTERVAL: `${windowMs}ms`,
    K6_OTEL_FLUSH_INTERVAL: FLUSH_INTERVAL,
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
  };
}

/**
 * The interval at which k6 passes samples to OpenTelemetry. With the default of 1 s, a short window could contain the
 * samples of two intervals or of none.
 */
const FLUSH_INTERVAL = '100ms';

const MAX_WINDOW_MS = 5000;
const MIN_WINDOW_MS = 1000;

/**
 * Returns the length of a telemetry window in ms. If a time scale shortens the run, windows are shorter too, so that
 * each phase still has several windows.
 */
export function windowLengthMs(timeScale: number): number {
  return Math.round(Math.min(MAX_WINDOW_MS, Math.max(MIN_WINDOW_MS, MAX_WINDOW_MS * timeScale)));
}
