import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import { type LocalServer, listen } from './server.ts';

/** The part of Prometheus remote write 1.0 that k6 sends: https://prometheus.io/docs/specs/prw/remote_write_spec/ */
const WriteRequest = protobuf
  .parse(`
    syntax = "proto3";
    message WriteRequest { repeated TimeSeries timeseries = 1; }
    message TimeSeries {
      repeated Label labels = 1;
      repeated Sample samples = 2;
      repeated Histogram histograms = 4;
    }
    message Label { string name = 1; string value = 2; }
    message Sample { double value = 1; int64 timestamp = 2; }
    message Histogram { uint64 count_int = 1; double sum = 3; }
  `)
  .root.lookupType('WriteRequest');

/** The latest sample of a series. k6 sends totals since the start of the run. */
export interface StoredSeries {
  labels: Record<string, string>;
  /** Value of the sample; for a histogram, the number of values. */
  value: number;
  isHistogram: boolean;
}

/** A store that keeps the latest sample of each series. */
export class RemoteWriteStore {
  readonly #series = new Map<string, StoredSeries>();

  /** Stores all series in the body of a remote write request. */
  write(body: Uint8Array): void {
    const { timeseries } = WriteRequest.toObject(WriteRequest.decode(decompressSnappy(body)), {
      longs: Number,
      arrays: true,
    }) as {
      timeseries: {
        labels: { name: string; value: string }[];
        samples: { value?: number }[];
        histograms: { countInt?: number }[];
      }[];
    };
    for (const { labels, samples, histograms } of timeseries) {
      const key = JSON.stringify(labels);
      this.#series.set(key, {
        labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
        value: histograms.at(-1)?.countInt ?? samples.at(-1)?.value ?? 0,
        isHistogram: histograms.length > 0,
      });
    }
  }

  get series(): StoredSeries[] {
    return [...this.#series.values()];
  }

  seriesNamed(name: string): StoredSeries[] {
    return this.series.filter(({ labels }) => labels.__name__ === name);
  }

  sum(name: string): number {
    return this.seriesNamed(name).reduce((sum, { value }) => sum + value, 0);
  }
}

/** Decompresses Snappy's block format: https://github.com/google/snappy/blob/main/format_description.txt */
function decompressSnappy(block: Uint8Array): Uint8Array {
  const head = protobuf.Reader.create(block);
  const length = head.uint32();
  const out = Buffer.alloc(length);
  let position = head.pos;
  let written = 0;
  const littleEndian = (bytes: number) => {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += (block[position++] as number) * 256 ** i;
    return value;
  };
  while (position < block.length) {
    const tag = block[position++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const size = 1 + (short < 60 ? short : littleEndian(short - 59));
      out.set(block.subarray(position, position + size), written);
      position += size;
      written += size;
      continue;
    }
    const size = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const offset = kind === 1 ? ((tag >> 5) << 8) + littleEndian(1) : littleEndian(kind === 2 ? 2 : 4);
    // Copy byte by byte, because the source may overlap the destination.
    for (let i = 0; i < size; i++, written++) out[written] = out[written - offset] as number;
  }
  if (written !== length) throw new Error(`${written} bytes instead of ${length}`);
  return out;
}

/** Serves a Prometheus remote write store on loopback. */
export const serveRemoteWrite = (store: RemoteWriteStore): Promise<LocalServer> =>
  listen(async (request, response) => {
    store.write(await buffer(request));
    response.writeHead(204).end();
  });
