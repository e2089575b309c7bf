/** Reports as mail servers write them, about a mail as it was received. */

export interface Returned {
  /** With its angle brackets. */
  readonly messageId: string;
  readonly recipient: string;
  readonly date?: string;
}

const DATE = 'Tue, 24 Nov 2099 10:00:00 +0100';

const lines = (...all: readonly string[]): string => all.join('\r\n');

/** Postfix: the notification, the status and the headers of the mail. */
export function postfixReport(
  { messageId, recipient, date = DATE }: Returned,
  action = 'failed',
  status = '5.1.1',
): string {
  return lines(
    'Return-Path: <>',
    'Received: by mail.example.org (Postfix) id 4XyZ12; ' + date,
    'Date: ' + date,
    'From: MAILER-DAEMON@mail.example.org (Mail Delivery System)',
    'Subject: Undelivered Mail Returned to Sender',
    'To: gutscheine@nordlicht.example',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    '\tboundary="9B0C21.1795/mail.example.org"',
    'Message-Id: <20991124090000.4XyZ12@mail.example.org>',
    '',
    'This is a MIME-encapsulated message.',
    '',
    '--9B0C21.1795/mail.example.org',
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'This is the mail system at host mail.example.org.',
    '',
    "I'm sorry to have to inform you that your message could not be delivered.",
    `<${recipient}>: host mx.example.org[192.0.2.7] said: 550 5.1.1 No such user`,
    '',
    '--9B0C21.1795/mail.example.org',
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mail.example.org',
    'X-Postfix-Queue-ID: 9B0C21',
    'Arrival-Date: ' + date,
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Original-Recipient: rfc822;${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    'Remote-MTA: dns; mx.example.org',
    'Diagnostic-Code: smtp; 550 5.1.1 No such user',
    '    here, sorry',
    '',
    '--9B0C21.1795/mail.example.org',
    'Content-Description: Undelivered Message Headers',
    'Content-Type: text/rfc822-headers',
    '',
    'From: Nordlicht <gutscheine@nordlicht.example>',
    `To: ${recipient}`,
    'Subject: Ihr Gutschein',
    `Message-ID: ${messageId}`,
    'Date: ' + date,
    '',
    '--9B0C21.1795/mail.example.org--',
    '',
  );
}

/** Exchange: base64 parts, `Message-ID` folded, and the whole mail returned with an attachment of its own. */
export function exchangeReport({ messageId, recipient, date = DATE }: Returned): string {
  const text = Buffer.from(`Fehler bei der Zustellung für die folgenden Empfänger:\r\n${recipient}\r\n`).toString(
    'base64',
  );
  const status = Buffer.from(
    lines(
      'Reporting-MTA: dns;AM0PR01.example.com',
      '',
      `Final-Recipient: rfc822;${recipient}`,
      'Action: Failed',
      'Status: 5.2.2',
      'Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver',
      '',
      '',
    ),
  ).toString('base64');
  return lines(
    'From: Microsoft Outlook <postmaster@example.com>',
    'To: <gutscheine@nordlicht.example>',
    'Date: ' + date,
    'Content-Type: multipart/report; report-type=delivery-status; boundary="_b0_"',
    'Subject: Unzustellbar: Ihr Gutschein',
    `In-Reply-To: ${messageId}`,
    'Message-ID: <c0ffee@AM0PR01.example.com>',
    'MIME-Version: 1.0',
    '',
    '--_b0_',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: base64',
    '',
    text,
    '--_b0_',
    'Content-Type: message/delivery-status',
    'Content-Transfer-Encoding: base64',
    '',
    status,
    '--_b0_',
    'Content-Type: message/rfc822',
    '',
    'From: Nordlicht <gutscheine@nordlicht.example>',
    `To: ${recipient}`,
    'Message-ID:',
    ` ${messageId}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/plain',
    '',
    'Ihr Gutschein',
    '--inner',
    'Content-Type: application/pdf; name="Gutschein-1.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0xLjQK',
    '--inner--',
    '--_b0_--',
    '',
  );
}

/** A complaint by the feedback loop of a provider (RFC 5965). */
export function complaintReport({ messageId, recipient, date = DATE }: Returned): string {
  return lines(
    'From: <abusedesk@example.com>',
    'Date: ' + date,
    'Subject: FW: Ihr Gutschein',
    'Message-ID: <arf-1@example.com>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="part1"',
    '',
    '--part1',
    'Content-Type: text/plain; charset="US-ASCII"',
    '',
    'This is an email abuse report.',
    '',
    '--part1',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: SomeGenerator/1.0',
    'Version: 1',
    `Original-Rcpt-To: <${recipient}>`,
    '',
    '--part1',
    'Content-Type: message/rfc822',
    'Content-Disposition: inline',
    '',
    'From: <gutscheine@nordlicht.example>',
    `To: <${recipient}>`,
    'Subject: Ihr Gutschein',
    `Message-ID: ${messageId}`,
    '',
    'Guten Tag',
    '--part1--',
    '',
  );
}

/** A note of absence: it answers our mail, and is none of this. */
export function absenceNote({ messageId, recipient, date = DATE }: Returned): string {
  return lines(
    `From: <${recipient}>`,
    'Date: ' + date,
    'Subject: Abwesend',
    `In-Reply-To: ${messageId}`,
    'Auto-Submitted: auto-replied',
    'Content-Type: text/plain',
    '',
    'Ich bin bis Montag nicht da.',
    '',
  );
}
