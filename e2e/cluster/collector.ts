import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parse } from 'yaml';
import { freeAddress } from '../../cli/run/k6-api.ts';
import { eventually } from '../sandbox.ts';
import { listen } from '../server.ts';

/** A running OpenTelemetry Collector, and the address that generators send telemetry to. */
export interface Collector {
  address: string;
  stop(): void;
}

interface Configuration {
  exporters: { otlp_http: { endpoint: string; headers: { authorization: string } } };
}

/**
 * Simulates an OpenTelemetry Collector with this configuration. Forwards telemetry without a queue and without retries.
 */
export async function simulateCollector(configuration: string, env: Record<string, string>): Promise<Collector> {
  const { exporters } = parse(configuration) as Configuration;
  const { endpoint, headers } = exporters.otlp_http;
  const authorization = headers.authorization.replace(/\$\{env:(\w+)\}/, (_, name: string) => env[name] ?? '');
  const server = await listen(async (request, response) => {
    const forwarded = await fetch(`${endpoint}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', authorization },
      body: await buffer(request),
    }).catch(() => null);
    response.writeHead(forwarded?.status ?? 503).end();
  });
  return { address: server.address, stop: () => void server[Symbol.asyncDispose]() };
}

/** Starts a real OpenTelemetry Collector on loopback. check.ts builds the program. */
export async function startCollector(
  binary: string,
  folder: string,
  configuration: string,
  env: Record<string, string>,
): Promise<Collector> {
  const address = await freeAddress();
  const file = path.join(folder, 'collector.yaml');
  // Turn off the collector's own metrics: they use a fixed port, so a second collector could not start.
  const silent = 'service:\n  telemetry:\n    metrics:\n      level: none\n';
  writeFileSync(file, configuration.replace('0.0.0.0:4318', address).replace(/^service:\n/m, silent));
  const child = spawn(binary, [`--config=${file}`], { cwd: folder, env, stdio: 'ignore' });
  await eventually('collector', () => {
    if (child.exitCode !== null) throw new Error(`the collector exited with ${child.exitCode}`);
    return fetch(`http://${address}/`).catch(() => null);
  });
  return { address, stop: () => child.kill('SIGTERM') };
}
