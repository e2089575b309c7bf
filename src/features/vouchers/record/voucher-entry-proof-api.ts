import Joi from 'joi';
import { pathId, type ApiRoute } from '../../../platform/http/api/api-route.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { voucherEntryProof } from '../../accounting/proof/entry-proof-service.ts';

const params = Joi.object({
  id: Joi.string().max(64).required(),
  position: Joi.number().integer().min(1).required(),
});
const hashed = (more: Joi.PartialSchemaMap): Joi.ObjectSchema =>
  Joi.object({
    id: Joi.number().integer().required(),
    text: Joi.string().required(),
    sha256: Joi.string().required(),
    ...more,
  });
const answer = Joi.object({
  entry: hashed({}).required(),
  seal: hashed({ root: Joi.string().required() }).allow(null).required(),
  path: Joi.array()
    .items(Joi.object({ side: Joi.string().valid('left', 'right').required(), hash: Joi.string().required() }))
    .required(),
  laterSeals: Joi.array().items(hashed({})).required(),
});

/** What somebody outside checks a ledger entry with. */
export function voucherEntryProofRoutes({ database }: Shell): ApiRoute[] {
  return [
    {
      method: 'get',
      tag: 'Vouchers',
      access: 'vouchers.see',
      effect: 'reads',
      path: '/vouchers/{id}/entries/{position}/proof',
      operationId: 'readVoucherEntryProof',
      summary:
        'The Merkle proof of a ledger entry: each `sha256` is that of the bytes of its `text`; the path leads from the entry to the root of its seal.',
      params,
      responses: { 200: { description: 'The proof', schema: answer } },
      async handle(request) {
        const { position } = request.params as { position: number | string };
        return { status: 200, body: await voucherEntryProof(database.knex, pathId(request), Number(position)) };
      },
    },
  ];
}
