import { expect } from 'chai';
import { API_PATH } from '../../src/app.ts';
import { amountLimit } from '../../src/platform/process/amount-limit.ts';
import { describeOn } from '../support/databases.ts';
import { startTestServer, TEST_API_KEY, type TestServer } from '../support/http.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly isBodyRequired: boolean;
  readonly body: Schema | null;
  readonly parameters: readonly { readonly name: string; readonly schema: Schema }[];
}

describeOn('SQLite', 'what the API takes', (database) => {
  let server: TestServer;
  let operations: readonly Operation[];

  before(async () => {
    server = await startTestServer({ database: database() });
    operations = operationsOf((await (await fetch(`${server.url}${API_PATH}/openapi.json`)).json()) as object);
  });
  after(() => server.close());

  const call = async (
    { method, path }: Operation,
    body?: string,
  ): Promise<{ status: number; code: string; errors: string[] }> => {
    const answer = await fetch(`${server.url}${API_PATH}${path.replaceAll(/\{\w+\}/g, '1')}`, {
      method,
      headers: {
        authorization: `Bearer ${TEST_API_KEY}`,
        'idempotency-key': 'one',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body }),
    });
    const problem = (await answer.json().catch(() => ({}))) as {
      readonly code?: string;
      readonly errors?: readonly { readonly code: string }[];
    };
    return { status: answer.status, code: problem.code ?? '', errors: (problem.errors ?? []).map(({ code }) => code) };
  };

  it('has a bound for every text and every list, which the document tells', () => {
    const unbounded = operations.flatMap(({ name, body, parameters }) => [
      ...(body === null ? [] : unboundedIn(body, name)),
      ...parameters.flatMap((one) => unboundedIn(one.schema, `${name} ${one.name}`)),
    ]);
    expect(unbounded).to.deep.equal([]);
    expect(
      unboundedIn({ type: 'object', properties: { a: { type: 'string' }, b: { type: 'array' } } }, 'x'),
    ).to.deep.equal(['x.a', 'x.b[]']);
  });

  it('has no field called otherwise than its schema says, whatever it is called', async () => {
    const taken: string[] = [];
    for (const operation of withKey(operations).filter(({ body }) => body !== null))
      for (const name of ['__proto__', 'constructor', 'prototype', 'gibt es nicht']) {
        const { errors } = await call(operation, `{"${name}":{"x":1}}`);
        if (!errors.includes('unknown_field')) taken.push(`${operation.name}: ${name}`);
      }
    expect(taken).to.deep.equal([]);
  });

  it('is something where something is needed', async () => {
    const taken: string[] = [];
    for (const operation of withKey(operations).filter(({ isBodyRequired }) => isBodyRequired)) {
      const { status, errors } = await call(operation, '');
      if (status !== 400 || !errors.includes('body_required'))
        taken.push(`${operation.name}: ${status} ${errors.join()}`);
    }
    expect(taken).to.deep.equal([]);
  });

  it('never is an amount above the highest', () => {
    const limit = amountLimit();
    const above = operations.flatMap(({ name, body }) => (body === null ? [] : amountsIn(body, name, limit)));
    expect(above).to.deep.equal([]);
  });
});

/** Without what asks for the token of a hold. */
function withKey(operations: readonly Operation[]): Operation[] {
  return operations.filter(({ name }) => name !== 'changeCurrentHoldCodes');
}

/** Places of texts and lists of which the document tells no end. */
function unboundedIn(schema: Schema, path: string): string[] {
  const own = [schema.type ?? []].flat();
  const isText = own.includes('string');
  const hasEnd =
    schema.enum !== undefined ||
    schema.const !== undefined ||
    schema.maxLength !== undefined ||
    schema.format === 'date' ||
    (schema.pattern?.includes('$') === true && !/[*+]\$?$/.test(schema.pattern.replace(/\$$/, '')));
  return [
    ...(isText && !hasEnd ? [path] : []),
    ...(own.includes('array') && schema.maxItems === undefined && schema.items?.enum === undefined
      ? [`${path}[]`]
      : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => unboundedIn(one, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : unboundedIn(schema.items, `${path}[]`)),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => unboundedIn(one, path)),
  ];
}

const AMOUNT = /(?:amount|price|value|payable|atMost|budget|nonDiscountable|tripPrice|maxAmount|originalValue)$/i;

function amountsIn(schema: Schema, path: string, limit: number): string[] {
  const isNumber = [schema.type ?? []].flat().some((type) => type === 'integer' || type === 'number');
  return [
    ...(isNumber && AMOUNT.test(path) && (schema.maximum ?? Infinity) > 100 * limit ? [path] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => amountsIn(one, `${path}.${name}`, limit)),
    ...(schema.items === undefined ? [] : amountsIn(schema.items, path, limit)),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => amountsIn(one, path, limit)),
  ];
}

function operationsOf(document: object): Operation[] {
  const { paths } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, requestBody, parameters = [] }]) => ({
      name: operationId,
      method: method.toUpperCase(),
      path,
      isBodyRequired: requestBody?.required === true,
      body: requestBody === undefined ? null : (Object.values(requestBody.content)[0]?.schema ?? null),
      parameters: parameters.flatMap(({ name, schema, in: place }) =>
        schema === undefined || place === 'header' ? [] : [{ name, schema }],
      ),
    })),
  );
}

interface RawOperation {
  readonly operationId: string;
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
}
