import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';

export interface ReceivedMail {
  readonly recipients: readonly string[];
  readonly source: string;
}

/** A real mail server on a free port that keeps what it is sent. */
export interface TestMailServer {
  readonly url: string;
  /** The next mails, as soon as there are so many; at most a minute. */
  received(count: number): Promise<ReceivedMail[]>;
  /** The next mail is answered with this code. */
  answerOnce(code: number): void;
  /** The next mail is taken, but its sender never hears so; resolves when it is there. */
  takeSilentlyOnce(): Promise<void>;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<TestMailServer> {
  const mails: ReceivedMail[] = [];
  let nextAnswer: number | null = null;
  let isTakenSilently: (() => void) | null = null;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const code = nextAnswer;
        nextAnswer = null;
        if (code !== null) {
          callback(Object.assign(new Error(`not now ${code}`), { responseCode: code }));
          return;
        }
        mails.push({
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
        });
        if (isTakenSilently === null) return callback();
        isTakenSilently();
        isTakenSilently = null;
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    async received(count) {
      for (const deadline = Date.now() + 60_000; mails.length < count;) {
        if (Date.now() > deadline) throw new Error(`only ${mails.length} of ${count} mails arrived`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return mails.splice(0, count);
    },
    answerOnce(code) {
      nextAnswer = code;
    },
    takeSilentlyOnce: () => new Promise((resolve) => (isTakenSilently = resolve)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
