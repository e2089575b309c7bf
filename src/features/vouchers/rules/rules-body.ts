import Joi from 'joi';
import { VOUCHER_TYPES } from '../../../core/engine/voucher.ts';
import { amountField, idField, valueCurrencyField } from '../../../platform/http/fields.ts';
import { SEVERAL_LINES } from '../../../platform/http/incoming-text.ts';
import { nested } from '../../../platform/data/json-path.ts';
import { groupOf, type VoucherField } from './voucher-field.ts';
import { ruleFields } from './known-fields.ts';

type Schema = Joi.Schema;
type Tree = { readonly [name: string]: Schema | Tree };

// Amounts, percentages and days take any number or text here: what is wrong with them the core says, with its reason.
const figure = Joi.number();
const amount = amountField(Joi.number());
const idList = Joi.array().items(idField).max(500);

/** The members of a voucher or a campaign that are its rules. */
export function rulesFields(): Record<string, Schema> {
  return membersOf(ruleFields(), asked, (members, name) => {
    const group = Joi.object(members);
    return name === 'deal' ? group.allow(null) : group;
  });
}

/** The same of a new one, which needs a type and a title. */
export function newRulesFields(): Record<string, Schema> {
  const { type, title, ...others } = rulesFields();
  if (type === undefined || title === undefined) throw new Error('a voucher has a type and a title');
  return { type: type.required(), title: title.required(), ...others };
}

/** The same members in an answer, where every one of them is present. */
export function rulesAnswerFields(): Record<string, Schema> {
  return membersOf(ruleFields(), answered, (members, name) =>
    name === 'deal' ? Joi.object().unknown(true).required().allow(null) : Joi.object(members).required(),
  );
}

/** What these fields are in a body: groups as objects, in the order of the table. */
export function membersOf(
  fields: readonly VoucherField[],
  schemaOf: (field: VoucherField) => Schema,
  groupOfMembers: (members: Record<string, Schema>, name: string) => Schema,
): Record<string, Schema> {
  const tree = nested(fields.map((field) => [field.path, schemaOf(field)] as const)) as Tree;
  const groups = new Set(fields.filter(({ path }) => path.includes('.')).map(groupOf));
  return Object.fromEntries(
    Object.entries(tree).map(([name, one]) => [
      name,
      groups.has(name) ? groupOfMembers(one as Record<string, Schema>, name) : (one as Schema),
    ]),
  );
}

/** A field as it may be sent. */
export function asked({ kind, values = [], isRequired, isChosen, least, most, lines }: VoucherField): Schema {
  switch (kind) {
    case 'type':
      return Joi.string().valid(...VOUCHER_TYPES);
    case 'currency':
      return valueCurrencyField;
    case 'text':
      return textField(isRequired === true, most).meta(lines === undefined ? {} : SEVERAL_LINES);
    case 'email':
    case 'motif':
      return Joi.string()
        .max(most ?? 0)
        .allow(null);
    case 'money':
      return (least === undefined ? amount : amountField().min(least)).allow(null);
    case 'count':
      return rangeField(1, most).allow(null);
    case 'day':
      return Joi.string().max(32).allow(null);
    case 'flag':
      return Joi.boolean();
    case 'choice':
      return isChosen === true
        ? Joi.string()
            .valid(...values)
            .allow(null)
        : Joi.string().valid(...values);
    case 'list':
      return Joi.array()
        .items(Joi.string().valid(...values))
        .unique();
    case 'pair':
      return Joi.object({ include: idList, exclude: idList });
    case 'entry':
      return idField.allow(null);
    case 'customer':
      return Joi.object({
        id: Joi.string().min(1).max(128).allow(null),
        email: Joi.string()
          .min(3)
          .max(most ?? 0)
          .allow(null),
      }).allow(null);
    case 'tiers':
      return Joi.array()
        .items(Joi.object({ minTripPrice: amount.required(), amount: amount.allow(null), percent: figure.allow(null) }))
        .max(50);
  }
}

function textField(isRequired: boolean, most = 0): Schema {
  return isRequired ? Joi.string().trim().min(1).max(most) : Joi.string().max(most).allow(null, '');
}

function rangeField(least: number, most = 0): Schema {
  return Joi.number().integer().min(least).max(most);
}

const cents = Joi.number().integer();
const text = Joi.string().required().allow(null);
const idsAnswered = Joi.array().items(Joi.string()).required();

/** A field as it is answered. */
export function answered({ kind, isRequired, isChosen }: VoucherField): Schema {
  switch (kind) {
    case 'type':
      return Joi.string()
        .valid(...VOUCHER_TYPES)
        .required();
    case 'currency':
      return Joi.string().required();
    case 'text':
      return isRequired === true ? Joi.string().required() : Joi.string().required().allow(null, '');
    case 'choice':
      return isChosen === true ? text : Joi.string().required();
    case 'day':
    case 'email':
    case 'entry':
    case 'motif':
      return text;
    case 'money':
    case 'count':
      return cents.required().allow(null);
    case 'flag':
      return Joi.boolean().required();
    case 'list':
      return idsAnswered;
    case 'pair':
      return Joi.object({ include: idsAnswered, exclude: idsAnswered }).required();
    case 'customer':
      return Joi.object({ id: text, email: text }).required().allow(null);
    case 'tiers':
      return Joi.array()
        .items(Joi.object({ minTripPrice: cents.required(), amount: cents, percent: Joi.number() }))
        .required();
  }
}
