import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { fourEyesSettings } from '../../settings/four-eyes-settings-service.ts';

/** A second person has accepted it: the request's number, which the entry in the books names. */
export type Approved = string | null;

/** Whether what one person does by hand to this much value needs a second one. */
export async function needsSecondPerson(connection: Connection, cents: number): Promise<boolean> {
  const { isOn, limit } = await fourEyesSettings(connection);
  return isOn && cents >= limit;
}

/** Throws `needs_second_person` from the limit on, unless a second person has accepted it. */
export async function requireSecondPerson(connection: Connection, cents: number, approved: Approved): Promise<void> {
  if (approved === null && (await needsSecondPerson(connection, cents))) throw appError('needs_second_person');
}

/** Four eyes: who proposed or asked for something does not accept it. */
export function requireOtherPerson(askedBy: string, actor: string): void {
  if (askedBy === actor)
    throw appError('rule_broken', { fields: [{ path: '', code: 'four_eyes', text: 'vouchers:refusal.four_eyes' }] });
}

/** The reason in the books, with the request it was accepted by. */
export function reasonWith(reason: string, approved: Approved): string {
  return approved === null ? reason : `${reason} (Freigabe ${approved})`;
}
