import type { SubjectKind } from '../../../core/books/ledger-event.ts';
import { isId } from '../../../platform/data/id.ts';
import { urlWith } from './ledger-request-form.ts';

/** The page of what entries belong to that are on no voucher. What all tills have in common has the page of the account. */
export function subjectHref(kind: SubjectKind, id: string, name: string): string {
  switch (kind) {
    case 'order':
      return `/admin/orders/${id}`;
    case 'refund':
      return urlWith('/admin/refunds', { state: 'all', text: name });
    case 'partner':
      return `/admin/catalogue/partners/${id}`;
    case 'till':
      return isId(id) ? `/admin/counter/shifts/${id}` : '/admin/counter/account';
  }
}
