import { createTransport, type Transporter } from 'nodemailer';

export interface OutgoingMail {
  readonly from: string;
  readonly to: string;
  readonly toName: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly attachments: readonly {
    readonly filename: string;
    readonly content: Buffer;
    readonly contentType: string;
    /** Of a picture that the HTML shows. */
    readonly cid?: string;
    readonly contentDisposition?: 'inline';
  }[];
}

/** What the server said: taken, never (5xx), or perhaps later (4xx, no connection). */
export type SendResult = { readonly kind: 'sent' } | { readonly kind: 'refused' | 'later'; readonly error: string };

export interface MailServer {
  send(mail: OutgoingMail): Promise<SendResult>;
  close(): void;
}

const TIMEOUT_MS = 20_000;
const MAX_CONNECTIONS = 4;
const MAX_ERROR = 300;

export function connectMailServer(smtpUrl: string): MailServer {
  const url = new URL(smtpUrl);
  const transport: Transporter = createTransport({
    pool: true,
    host: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    secure: url.protocol === 'smtps:',
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // Attachments are given as bytes; a mail can make us read no file and fetch no address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ toName, to, ...mail }) {
      try {
        await transport.sendMail({
          ...mail,
          to: toName === null ? to : { name: toName, address: to },
          attachments: [...mail.attachments],
        });
        return { kind: 'sent' };
      } catch (error) {
        const { responseCode, message = '' } = error as { readonly responseCode?: number; readonly message?: string };
        return {
          kind: responseCode !== undefined && responseCode >= 500 ? 'refused' : 'later',
          error: message.replace(/\s+/g, ' ').slice(0, MAX_ERROR),
        };
      }
    },
    close() {
      transport.close();
    },
  };
}
