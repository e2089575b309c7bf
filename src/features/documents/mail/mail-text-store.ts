import type { Knex } from 'knex';

/** Whose text it is; an empty brand: of all that have none of their own. */
export interface MailTextKey {
  readonly event: string;
  readonly locale: string;
  readonly brand: string;
}

export interface MailText {
  readonly subject: string;
  readonly body: string;
}

export async function findMailText(knex: Knex, event: string, locale: string, brand: string): Promise<MailText | null> {
  const row = await knex('mail_texts')
    .where({ event, locale })
    .whereIn('brand_id', [brand, ''])
    .orderBy('brand_id', 'desc')
    .first<MailText | undefined>('subject', 'body');
  return row ?? null;
}

export async function findOwnMailText(
  knex: Knex,
  event: string,
  locale: string,
  brand: string,
): Promise<MailText | null> {
  return (
    (await knex('mail_texts')
      .where({ event, locale, brand_id: brand })
      .first<MailText | undefined>('subject', 'body')) ?? null
  );
}

export async function saveMailText(
  trx: Knex.Transaction,
  { event, locale, brand }: MailTextKey,
  text: MailText | null,
  now: number,
): Promise<void> {
  await trx('mail_texts').where({ event, locale, brand_id: brand }).delete();
  if (text !== null) await trx('mail_texts').insert({ event, locale, brand_id: brand, ...text, updated_at: now });
}
