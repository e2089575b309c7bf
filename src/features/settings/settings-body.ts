import Joi from 'joi';
import type { SettingField, SettingFields } from './setting-service.ts';

/** The body of a group of settings, bounded as its form is. */
export function settingsBody(fields: SettingFields): Joi.ObjectSchema {
  return Joi.object(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field).required()])),
  ).required();
}

function schemaOf(field: SettingField): Joi.Schema {
  switch (field.kind) {
    case 'count':
    case 'money':
      return Joi.number().integer().min(field.min).max(field.max);
    case 'optional_count':
      return Joi.number().integer().min(field.min).max(field.max).allow(null);
    case 'flag':
      return Joi.boolean();
    case 'choice':
      return Joi.string().valid(...field.of);
    case 'choices':
      return Joi.array()
        .items(Joi.string().valid(...field.of))
        .min(1)
        .unique();
    case 'text':
      return textSchema(field);
  }
}

function textSchema({ maxLength, pattern, isSound }: Extract<SettingField, { readonly kind: 'text' }>): Joi.Schema {
  const schema = pattern === undefined ? Joi.string().max(maxLength).allow('') : Joi.string().pattern(pattern);
  return schema.custom((value: string, helpers) =>
    isSound?.(value) === false ? helpers.error('string.pattern.base') : value,
  );
}
