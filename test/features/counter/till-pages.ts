import { startTestServer, type TestServer } from '../../support/http.ts';
import { signedIn, type Visitor } from '../../support/pages.ts';
import { PRINTING } from '../../support/pdf.ts';
import { openShop } from '../../support/shop.ts';
import type { Database } from '../../../src/platform/data/db.ts';

export interface TillPages {
  readonly server: TestServer;
  readonly agent: Visitor;
  /** The page of the shift that this person has open. */
  readonly shiftPath: () => Promise<string>;
  /** A file, as the browser of this person loads it. */
  readonly file: (path: string) => Promise<{ readonly type: string | null; readonly bytes: Uint8Array }>;
}

/** A server with somebody at it who may do everything, and has a till open with 200,00 in it. */
export async function startTill(database: Database): Promise<TillPages> {
  const server = await startTestServer({ database, env: PRINTING });
  await openShop(database);
  const agent = await signedIn(server.url);
  await agent.get('/admin/counter');
  await agent.post('/admin/counter/shifts', { till: 'Kasse 1', openingCash: '200,00' });
  return {
    server,
    agent,
    file: async (path) => {
      const cookie = [...agent.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(`${server.url}${path}`, { headers: { cookie } });
      return { type: answer.headers.get('content-type'), bytes: new Uint8Array(await answer.arrayBuffer()) };
    },
    shiftPath: async () => {
      const row = await database.knex('till_shifts').whereNull('closed_at').first<{ id: number | string }>('id');
      return `/admin/counter/shifts/${row.id}`;
    },
  };
}

export const SALE: Readonly<Record<string, string>> = {
  amount: '75',
  quantity: '1',
  recipientName: '',
  message: '',
  email: '',
  motif: '',
  by: 'cash',
  cash: '',
  card: '',
  transfer: '',
};
