import Joi from 'joi';
import type { ApiRoute } from './api-route.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** These operations, and one more that tells of them. */
export function withOpenApi(routes: readonly ApiRoute[], basePath: string): readonly ApiRoute[] {
  const document = openApiDocument(routes, basePath);
  const self: ApiRoute = {
    method: 'get',
    effect: 'reads',
    path: '/openapi.json',
    operationId: 'readOpenApi',
    summary: 'This document.',
    tag: 'Documentation',
    access: 'public',
    responses: { 200: { description: 'OpenAPI 3.1', schema: Joi.object().unknown(true) } },
    handle: async () => ({ status: 200, body: document }),
  };
  return [...routes, self];
}

/** The OpenAPI 3.1 document of these operations, from the very schemas that validate their requests. */
export function openApiDocument(routes: readonly ApiRoute[], basePath: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Reisebon',
      version: '1',
      description:
        'Vouchers of a travel booking engine. Money is integer minor units, days are YYYY-MM-DD, instants RFC 3339 in UTC.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: basePath }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer' },
        holdToken: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: '`Hold <clientToken>`: what a browser may send',
        },
      },
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: {
          description: 'What is wrong, where, and what to do',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457, with a code that does not change and, for input, every place that is wrong.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'code', 'message'],
        properties: { path: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
    evaluation: { type: 'object', description: 'Beside quote_changed and codes_rejected: what the codes do now' },
  },
};

function operationOf(route: ApiRoute): JsonSchema {
  return {
    operationId: route.operationId,
    'x-effect': route.effect,
    summary: route.summary,
    tags: [route.tag],
    security: securityOf(route),
    parameters: parametersOf(route),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: isRequired(route.body),
            content: { 'application/json': { schema: jsonSchema(route.body, 'input') } },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, { description, schema, contentType, isFile }]) => [
          status,
          {
            description,
            ...(isFile === true
              ? {
                  content: {
                    [contentType ?? 'application/octet-stream']: { schema: { type: 'string', format: 'binary' } },
                  },
                }
              : {}),
            ...(schema === undefined
              ? {}
              : { content: { [contentType ?? 'application/json']: { schema: jsonSchema(schema, 'output') } } }),
          },
        ]),
      ),
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
  };
}

function securityOf({ access }: ApiRoute): readonly JsonSchema[] {
  if (access === 'public') return [];
  return access === 'hold' ? [{ holdToken: [] }] : [{ apiKey: [] }];
}

function parametersOf(route: ApiRoute): readonly JsonSchema[] {
  return [
    ...fieldsOf(route.params).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...fieldsOf(route.query).map(([name, schema, required]) => ({ name, in: 'query', required, schema })),
    ...idempotencyKeyOf(route),
    ...(route.signedBy === undefined
      ? []
      : [
          {
            name: route.signedBy,
            in: 'header',
            required: true,
            description: '`t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>`',
            schema: { type: 'string' },
          },
        ]),
  ];
}

const SAME_KEY =
  'The same key with the same body gets the first answer again, for 30 days, whichever key of the client signs in. With another body it is refused (422). Keys are compared letter by letter. A refusal (409, 422) is kept under the key; what is missing (404), held by another booking or still running is not.';

function idempotencyKeyOf({ effect }: ApiRoute): readonly JsonSchema[] {
  if (effect !== 'moves_value' && effect !== 'moves_value_when_paid') return [];
  const isRequired = effect === 'moves_value';
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: isRequired,
      description: isRequired ? SAME_KEY : `Required where the body says when it was paid (paidAt). ${SAME_KEY}`,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ];
}

function fieldsOf(schema: Joi.Schema | undefined): [string, unknown, boolean][] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, field]) => [name, field, required.includes(name)]);
}

function isRequired(schema: Joi.Schema): boolean {
  return (schema.describe() as { flags?: { presence?: string } }).flags?.presence === 'required';
}

/** joi's own JSON Schema export, which its typings do not name yet. */
function jsonSchema(schema: Joi.Schema, direction: 'input' | 'output'): JsonSchema {
  const standard = (
    schema as unknown as Record<string, { readonly jsonSchema: Record<string, (options: object) => JsonSchema> }>
  )['~standard'];
  const convert = standard?.jsonSchema[direction];
  if (convert === undefined) throw new Error('joi has no JSON Schema export');
  return convert({ target: 'draft-2020-12' });
}
