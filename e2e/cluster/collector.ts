import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { parse } from 'yaml';
import { freeAddress } from '../../cli/run/k6-api.ts';
import { eventually } from '../suite.ts';

/** A collector that runs, and where generators reach it. */
export interface Collector {
  address: string;
  stop(): void;
}

interface Configuration {
  exporters: { otlp_http: { endpoint: string; headers: { authorization: string } } };
}

/**
 * Sends on what it gets, as it comes: what a collector with this configuration does, less all that it is for when
 * something fails.
 */
export async function playCollector(configuration: string, env: Record<string, string>): Promise<Collector> {
  const { exporters } = parse(configuration) as Configuration;
  const { endpoint, headers } = exporters.otlp_http;
  const authorization = headers.authorization.replace(
    /\$\{env:(\w+)\}/,
    (_, name: string) => env[name] ?? '',
  );
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const forwarded = await fetch(`${endpoint}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', authorization },
      body: Buffer.concat(chunks),
    }).catch(() => null);
    response.writeHead(forwarded?.status ?? 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => server.close().closeAllConnections(),
  };
}

/** The collector itself, built by check.ts, with its port on loopback. */
export async function startCollector(
  binary: string,
  folder: string,
  configuration: string,
  env: Record<string, string>,
): Promise<Collector> {
  const address = await freeAddress();
  const file = path.join(folder, 'collector.yaml');
  // Its own metrics have a port that there may be no two of.
  const silent = 'service:\n  telemetry:\n    metrics:\n      level: none\n';
  writeFileSync(file, configuration.replace('0.0.0.0:4318', address).replace(/^service:\n/m, silent));
  const child = spawn(binary, [`--config=${file}`], { cwd: folder, env, stdio: 'ignore' });
  await eventually('collector', () => {
    if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}`);
    return fetch(`http://${address}/`).catch(() => null);
  });
  return { address, stop: () => child.kill('SIGTERM') };
}
