import type { Background } from '../../../platform/jobs/schedule.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { connectMailServer } from './delivery-mail.ts';
import { createMailDelivery, type DeliveredFile, type PictureOf } from './mail-delivery-service.ts';
import type { MailAttachment, MailRoom } from './mail-service.ts';

/** Makes a file that a mail brings along, for each kind of attachment. */
export type FilesOfMails = Readonly<
  Record<MailAttachment['kind'], (id: string, locale: string) => Promise<DeliveredFile>>
>;

/** Sends mails as long as the process runs. */
export function mailDelivery(
  shell: Shell & { readonly mails: MailRoom },
  files: FilesOfMails,
  pictureOf: PictureOf,
): Background {
  const { config, log } = shell;
  return createMailDelivery({
    ...shell,
    server: config.smtpUrl === null ? null : connectMailServer(config.smtpUrl),
    host: new URL(config.baseUrl).hostname,
    filesFor: ({ kind, ids }, locale) => Promise.all(ids.map((id) => files[kind](id, locale))),
    pictureOf,
    reportFailure: (error) => {
      log.error({ err: error }, 'mail');
    },
  });
}
