import type { Feature, Shell } from '../../platform/process/feature.ts';
import { bounceRoutes } from './bounces/bounce-api.ts';
import { bouncePages } from './bounces/bounce-pages.ts';
import { mailDelivery, type FilesOfMails } from './mail/mail-delivery-job.ts';
import type { PictureOf } from './mail/mail-delivery-service.ts';
import { createMailRoom, type MailRoom } from './mail/mail-service.ts';
import { mailTextPages } from './mail/mail-text-pages.ts';
import { outboxPages } from './mail/outbox-pages.ts';
import { motifPages } from './motifs/motif-pages.ts';
import { createVoucherPrints, type VoucherPrints } from './printing/print-service.ts';

/** What other features write and print with. */
export interface Documents {
  readonly mails: MailRoom;
  readonly prints: VoucherPrints;
}

export function documentsOf(shell: Shell): Documents {
  return { mails: createMailRoom(shell.i18n), prints: createVoucherPrints(shell) };
}

/** What mails bring along is known by the features of which they tell. */
export interface MailContents {
  readonly files: FilesOfMails;
  readonly pictureOf: PictureOf;
}

/** Mails and where they came back, their texts, motifs. */
export function documentsFeature(shell: Shell & Documents, { files, pictureOf }: MailContents): Feature {
  return {
    pages: [bouncePages(shell), outboxPages({ ...shell, pictureOf }), mailTextPages(shell), motifPages(shell)],
    api: bounceRoutes(shell),
    background: [mailDelivery(shell, files, pictureOf)],
  };
}
