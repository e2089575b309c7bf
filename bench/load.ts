import { Agent, request } from 'node:http';

/** Sends POST requests for a time from so many connections and prints what came back as JSON. Its own process. */
export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `{n}` becomes the number of the request. */
  readonly body: string;
  readonly firstNumber: number;
  readonly maxRequests: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly requests: number;
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load;
const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
const millis: number[] = [];
const statuses: Record<string, number> = {};
let sent = 0;
const started = performance.now();
const until = started + load.seconds * 1000;
await Promise.all(Array.from({ length: load.connections }, worker));
const seconds = (performance.now() - started) / 1000;
millis.sort((a, b) => a - b);
const at = (share: number): number => Math.round((millis[Math.floor(millis.length * share)] ?? 0) * 100) / 100;
const result: LoadResult = {
  perSecond: Math.round(millis.length / seconds),
  p50: at(0.5),
  p99: at(0.99),
  statuses,
  requests: sent,
};
console.log(JSON.stringify(result));
process.exit(0);

async function worker(): Promise<void> {
  while (performance.now() < until && sent < load.maxRequests) {
    const number = load.firstNumber + sent++;
    const before = performance.now();
    const status = await post(number);
    millis.push(performance.now() - before);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
}

function post(number: number): Promise<number> {
  const text = load.body.replaceAll('{n}', String(number));
  const headers = {
    ...load.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'idempotency-key': `bench-${number}`,
  };
  return new Promise((resolve, reject) => {
    const sending = request(load.url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sending.on('error', reject);
    sending.end(text);
  });
}
