import { TEST_ADMIN } from './http.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly location: string | null;
}

/** A browser without scripts: keeps cookies, follows no redirect, and sends forms with the token of the page it saw last. */
export interface Visitor {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  readonly cookies: ReadonlyMap<string, string>;
}

export function createVisitor(url: string, language = 'de'): Visitor {
  const cookies = new Map<string, string>();
  let token = '';
  const send = async (
    method: string,
    path: string,
    body: URLSearchParams | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> => {
    const answer = await fetch(url + path, {
      method,
      body,
      redirect: 'manual',
      headers: {
        'Accept-Language': language,
        Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...headers,
      },
    });
    for (const cookie of answer.headers.getSetCookie()) keep(cookies, cookie);
    const html = await answer.text();
    token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? token;
    return { status: answer.status, headers: answer.headers, html, location: answer.headers.get('location') };
  };
  return {
    cookies,
    get: (path, headers = {}) => send('GET', path, null, headers),
    post: (path, fields, headers = {}) => {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries({ _csrf: token, ...fields }))
        for (const one of [value].flat()) body.append(name, one as string);
      return send('POST', path, body, headers);
    },
  };
}

export async function signedIn(
  url: string,
  login: { readonly email: string; readonly password: string } = TEST_ADMIN,
): Promise<Visitor> {
  const visitor = createVisitor(url);
  await visitor.get('/login');
  const answer = await visitor.post('/login', login);
  if (answer.status !== 303) throw new Error(`the login answered ${answer.status}`);
  // The session is new, and so is its token.
  await visitor.get('/admin/none');
  return visitor;
}

function keep(cookies: Map<string, string>, header: string): void {
  const [pair = ''] = header.split(';');
  const [name = '', value = ''] = pair.split('=', 2);
  if (/expires=Thu, 01 Jan 1970/i.test(header)) cookies.delete(name);
  else cookies.set(name, value);
}
