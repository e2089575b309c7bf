import type { Connection } from '../../../platform/data/db.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { idOrNull } from '../../../platform/http/request.ts';
import { listByName, namesOfEntries } from '../../catalogue/catalogue-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import type { TypedStatement } from './partner-statement-form.ts';
import { statementPage, type Statement } from './partner-statement-service.ts';
import { PARTNER_STATEMENTS_PATH, SETTLEMENTS_PATH } from './partner-statement-view.ts';

const MAX_PARTNERS = 200;

/** The statements of the partner who is typed, or of all, and the form for another one. */
export async function statementListView(
  connection: Connection,
  typed: TypedStatement,
  { cursor, limit }: { readonly cursor: string; readonly limit: number },
  t: Translate,
) {
  const { partner } = typed;
  const { items, nextCursor } = await statementPage(
    connection,
    partner === '' ? null : partner,
    idOrNull(cursor),
    limit,
  );
  const partners = await listByName(connection, 'partner', {
    q: '',
    archived: false,
    after: null,
    limit: MAX_PARTNERS,
  });
  const { currency } = await generalSettings(connection);
  return {
    title: t('partner_statements:title'),
    breadcrumbs: [{ href: SETTLEMENTS_PATH, text: t('partner_settlements:title') }],
    path: PARTNER_STATEMENTS_PATH,
    values: { ...typed, currency: typed.currency === '' ? currency : typed.currency },
    partners: partners.map(({ id, name }) => ({ value: id, label: name })),
    rows: await rowsOf(connection, items, t),
    first: cursor === '' ? '' : urlOf(partner, ''),
    next: nextCursor === null ? '' : urlOf(partner, nextCursor),
  };
}

async function rowsOf(connection: Connection, statements: readonly Statement[], t: Translate) {
  const names = await namesOfEntries(
    connection,
    'partner',
    statements.map(({ partnerId }) => partnerId),
  );
  return statements.map((one) => ({
    ...one,
    href: `${PARTNER_STATEMENTS_PATH}/${one.id}`,
    partnerName: names.get(one.partnerId) ?? one.partnerId,
    stateText: t(`partner_statements:state.${one.state}`),
    kindText: t(`partner_statements:kind.${one.kind}`),
  }));
}

function urlOf(partner: string, cursor: string): string {
  const parameters = { ...(partner === '' ? {} : { partner }), ...(cursor === '' ? {} : { cursor }) };
  return `${PARTNER_STATEMENTS_PATH}?${new URLSearchParams(parameters).toString()}`;
}
