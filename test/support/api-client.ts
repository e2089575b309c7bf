import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { TEST_API_KEY } from './http.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test names what it expects in the body
  readonly body: any;
}

export interface CallOptions {
  readonly authorization?: string;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiClient {
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<ApiAnswer>;
  get(path: string, options?: CallOptions): Promise<ApiAnswer>;
  post(path: string, body: unknown, options?: CallOptions): Promise<ApiAnswer>;
  put(path: string, body: unknown, options?: CallOptions): Promise<ApiAnswer>;
  patch(path: string, body: unknown, options?: CallOptions): Promise<ApiAnswer>;
  /** Waits until the job has ended, at most a minute. */
  jobEnd(id: string): Promise<ApiAnswer>;
}

let keys = 0;

/** Speaks to the API over HTTP; every answer is held against the OpenAPI document that the server itself serves. */
export function apiClient(url: string): ApiClient {
  let check: ((method: string, path: string, status: number, body: unknown) => void) | null = null;

  async function call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<ApiAnswer> {
    check ??= checkerOf(await (await fetch(`${url}/api/v1/openapi.json`)).json());
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: options.authorization ?? `Bearer ${TEST_API_KEY}`,
        'idempotency-key': options.idempotencyKey ?? `test-${++keys}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    check(method.toLowerCase(), path.split('?')[0] ?? '', answer.status, answer.body);
    return answer;
  }

  return {
    call,
    get: (path, options) => call('GET', path, undefined, options),
    post: (path, body, options) => call('POST', path, body, options),
    put: (path, body, options) => call('PUT', path, body, options),
    patch: (path, body, options) => call('PATCH', path, body, options),
    async jobEnd(id) {
      for (const deadline = Date.now() + 60_000; ;) {
        const answer = await call('GET', `/jobs/${id}`);
        if (!['queued', 'running'].includes(answer.body.state as string) || Date.now() > deadline) return answer;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

type Document = {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly content?: object }>> }>>
    >
  >;
  readonly components: object;
};

function checkerOf(document: Document): (method: string, path: string, status: number, body: unknown) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'openapi', ...document });
  const compiled = new Map<string, ValidateFunction>();
  // Named places before placeholders, so that /holds/current is not taken for a hold's id.
  const templates = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
  return (method, path, status, body) => {
    const template = templates.find((one) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path));
    const responses = template === undefined ? undefined : document.paths[template]?.[method]?.responses;
    if (responses === undefined) return;
    const pointer = `openapi#/paths/${template?.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/responses/${status}/content/application~1json/schema`;
    const schema = status >= 400 ? 'openapi#/components/schemas/Problem' : pointer;
    if (status < 400) {
      expect(responses, `${method} ${template} names its answer ${status}`).to.have.property(String(status));
      if (responses[String(status)]?.content === undefined) return;
    }
    const validate = compiled.get(schema) ?? ajv.compile({ $ref: schema });
    compiled.set(schema, validate);
    expect(
      validate(body),
      `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body).slice(0, 500)}`,
    ).to.equal(true);
  };
}

/** Two adults, no prices of their own. */
export function bookingOf(tripPrice: number, more: object = {}): object {
  return { currency: 'EUR', tripPrice, travellers: [{ kind: 'adult' }, { kind: 'adult' }], ...more };
}
