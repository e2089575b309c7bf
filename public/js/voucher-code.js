/**
 * <voucher-code hold="hold_…" api="https://gutscheine.example/api/v1" lang="de"> on an agency's own booking page: one
 * field for every kind of code, what each does, and its way out. The hold's client token is all it needs. A form inside
 * of it works without scripts and is taken over with them; without one the element makes its own. It sends no cookie,
 * sets no inline style and no HTML text, and tells the page about every new price by the event `voucher-change`.
 */
const TEXTS = {
  de: {
    label: 'Gutschein- oder Rabattcode',
    hint: 'Groß- und Kleinschreibung, Leerzeichen und Striche sind egal.',
    submit: 'Einlösen',
    empty: 'Bitte einen Code eingeben.',
    twice: 'Diesen Code haben Sie schon eingegeben.',
    list: 'Ihre Codes',
    applied: 'angewendet',
    resting: 'derzeit nicht anwendbar',
    remove: 'Entfernen',
    left: (amount, day) => `Danach noch ${amount} auf dem Gutschein${day ? `, einlösbar bis ${day}` : ''}.`,
    added: (code, payable) => `${code} ist eingelöst. Noch zu zahlen: ${payable}.`,
    rests: (code) => `${code} ist gültig, wird aber derzeit nicht angewendet.`,
    removed: (code, payable) => `${code} ist entfernt. Noch zu zahlen: ${payable}.`,
    payable: 'Noch zu zahlen',
    nothing: 'Nichts mehr zu zahlen',
    others: 'Es geht auch anders',
    other: (codes, payable) => `Stattdessen ${codes}: Sie zahlen ${payable}.`,
    choose: 'Übernehmen',
    offline: 'Das hat gerade nicht geklappt. Bitte versuchen Sie es noch einmal.',
    gone: 'Die Reservierung ist beendet. Bitte laden Sie die Seite neu.',
    wait: 'Zu viele Versuche. Bitte warten Sie einen Moment.',
  },
  en: {
    label: 'Voucher or discount code',
    hint: 'Case, blanks and dashes do not matter.',
    submit: 'Redeem',
    empty: 'Please enter a code.',
    twice: 'You have entered this code already.',
    list: 'Your codes',
    applied: 'applied',
    resting: 'not applicable right now',
    remove: 'Remove',
    left: (amount, day) => `${amount} are left on the voucher afterwards${day ? `, redeemable until ${day}` : ''}.`,
    added: (code, payable) => `${code} is redeemed. Left to pay: ${payable}.`,
    rests: (code) => `${code} is valid, but not applied right now.`,
    removed: (code, payable) => `${code} is removed. Left to pay: ${payable}.`,
    payable: 'Left to pay',
    nothing: 'Nothing left to pay',
    others: 'There are other ways',
    other: (codes, payable) => `${codes} instead: you pay ${payable}.`,
    choose: 'Choose',
    offline: 'That did not work just now. Please try again.',
    gone: 'The hold has ended. Please reload the page.',
    wait: 'Too many attempts. Please wait a moment.',
  },
};

/** A code that only the others keep out is kept: it may fit when one of them goes. */
const KEPT = new Set([
  'exclusive_voucher',
  'type_not_combinable',
  'campaign_already_used',
  'too_many_of_type',
  'too_many_vouchers',
  'not_needed',
]);

let made = 0;

class VoucherCode extends HTMLElement {
  #codes = [];
  #evaluation = null;
  #isBusy = false;
  #parts = null;

  connectedCallback() {
    if (this.#parts !== null) return;
    this.#parts = this.#build();
    void this.#run(
      () => this.#call('GET', '/holds/current'),
      () => '',
    );
  }

  /** What all codes do now; null before the first answer. */
  get evaluation() {
    return this.#evaluation;
  }

  get #lang() {
    return (this.getAttribute('lang') ?? this.closest('[lang]')?.getAttribute('lang') ?? 'de')
      .toLowerCase()
      .startsWith('en')
      ? 'en'
      : 'de';
  }

  get #t() {
    return TEXTS[this.#lang];
  }

  #money(cents) {
    const format = new Intl.NumberFormat(this.#lang === 'en' ? 'en-GB' : 'de-DE', {
      style: 'currency',
      currency: this.#evaluation.currency,
    });
    return format.format(cents / 10 ** format.resolvedOptions().maximumFractionDigits);
  }

  #day(day) {
    return day
      ? new Intl.DateTimeFormat(this.#lang === 'en' ? 'en-GB' : 'de-DE', {
          dateStyle: 'medium',
          timeZone: 'UTC',
        }).format(new Date(`${day}T00:00:00Z`))
      : '';
  }

  #build() {
    const form = this.querySelector('form') ?? this.#ownForm();
    const field = form.querySelector('[name="code"]');
    made += 1;
    const error = element('p', { id: `voucher-code-error-${made}`, className: 'voucher-code-error', hidden: true });
    const status = element('p', { className: 'voucher-code-status', role: 'status' });
    const list = element('div', { className: 'voucher-code-list' });
    form.noValidate = true;
    form.append(error);
    this.append(status, list);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#add(field.value.trim());
    });
    return { form, field, error, status, list };
  }

  #ownForm() {
    const id = `voucher-code-${made + 1}`;
    const field = element('input', {
      id,
      name: 'code',
      type: 'text',
      autocomplete: 'off',
      spellcheck: false,
      maxLength: 200,
    });
    field.setAttribute('autocapitalize', 'characters');
    field.setAttribute('aria-describedby', `${id}-hint`);
    const form = element('form', { method: 'post' }, [
      element('label', { htmlFor: id, textContent: this.#t.label }),
      field,
      element('button', { type: 'submit', textContent: this.#t.submit }),
      element('p', { id: `${id}-hint`, textContent: this.#t.hint }),
    ]);
    this.prepend(form);
    return form;
  }

  async #add(code) {
    const t = this.#t;
    if (code === '') return this.#fail(t.empty);
    if (this.#codes.some((one) => plain(one) === plain(code))) return this.#fail(t.twice);
    const before = this.#codes;
    await this.#run(
      async () => {
        const answer = await this.#put([...before, code]);
        const rejected = answer.evaluation.rejected.find((one) => one.code === code);
        if (rejected === undefined || KEPT.has(rejected.reason)) return answer;
        await this.#put(before);
        throw new Refused(rejected.message);
      },
      () => {
        this.#parts.field.value = '';
        const rests = this.#evaluation.rejected.some((one) => one.code === code);
        return rests ? t.rests(code) : t.added(code, this.#money(this.#evaluation.payable));
      },
    );
    this.#parts.field.focus();
  }

  async #set(codes, said) {
    await this.#run(() => this.#put(codes), said);
    this.#parts.field.focus();
  }

  #put(codes) {
    return this.#call('PUT', '/holds/current/codes', { codes });
  }

  async #run(work, said) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.setAttribute('aria-busy', 'true');
    try {
      const { evaluation } = await work();
      this.#evaluation = evaluation;
      this.#codes = [...evaluation.accepted, ...evaluation.rejected].map(({ code }) => code);
      this.#fail('');
      this.#show();
      this.#say(said());
      this.dispatchEvent(new CustomEvent('voucher-change', { bubbles: true, detail: evaluation }));
    } catch (error) {
      this.#fail(error instanceof Refused ? error.message : this.#t.offline);
    } finally {
      this.#isBusy = false;
      this.removeAttribute('aria-busy');
    }
  }

  async #call(method, path, body) {
    const answer = await fetch(`${this.getAttribute('api') ?? '/api/v1'}${path}`, {
      method,
      credentials: 'omit',
      headers: {
        Authorization: `Hold ${this.getAttribute('hold') ?? ''}`,
        'Accept-Language': this.#lang,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (answer.ok) return answer.json();
    if (answer.status === 401 || answer.status === 404) throw new Refused(this.#t.gone);
    throw new Refused(answer.status === 429 ? this.#t.wait : this.#t.offline);
  }

  /** The text stays and so does the focus; the sentence is read because the field points to it. */
  #fail(sentence) {
    const { field, error, status } = this.#parts;
    error.textContent = sentence;
    error.hidden = sentence === '';
    field.toggleAttribute('aria-invalid', false);
    const others = (field.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .filter((id) => id !== '' && id !== error.id);
    if (sentence !== '') {
      field.setAttribute('aria-invalid', 'true');
      others.push(error.id);
      status.textContent = '';
      field.focus();
    }
    if (others.length > 0) field.setAttribute('aria-describedby', others.join(' '));
    else field.removeAttribute('aria-describedby');
    this.#say(sentence);
  }

  /** An empty region first, so that the same sentence is read again. */
  #say(sentence) {
    const { status, error } = this.#parts;
    status.textContent = '';
    // What stands at the field need not stand twice.
    if (sentence === '' || sentence === error.textContent) return;
    setTimeout(() => {
      status.textContent = sentence;
    }, 50);
  }

  #show() {
    const t = this.#t;
    const { accepted, rejected, alternatives, payable } = this.#evaluation;
    const rows = [
      ...accepted.map((one) =>
        this.#row(
          one.code,
          `${one.title}: −${this.#money(one.applied)}`,
          t.applied,
          one.availableAfter > 0 ? t.left(this.#money(one.availableAfter), this.#day(one.bookUntil)) : '',
        ),
      ),
      ...rejected.map((one) => this.#row(one.code, one.message, t.resting, '')),
    ];
    const others = alternatives.map(({ codes, payable: other }) => {
      const button = element('button', { type: 'button', textContent: t.choose });
      const text = t.other(codes.join(' + '), this.#money(other));
      button.setAttribute('aria-label', `${t.choose}: ${text}`);
      button.addEventListener(
        'click',
        () => void this.#set(codes, () => t.added(codes.join(' + '), this.#money(this.#evaluation.payable))),
      );
      return element('li', {}, [element('span', { textContent: text }), button]);
    });
    this.#parts.list.replaceChildren(
      ...(rows.length > 0
        ? [element('p', { className: 'voucher-code-heading', textContent: t.list }), element('ul', {}, rows)]
        : []),
      ...(others.length > 0
        ? [element('p', { className: 'voucher-code-heading', textContent: t.others }), element('ul', {}, others)]
        : []),
      element('p', {
        className: 'voucher-code-payable',
        textContent: payable === 0 ? t.nothing : `${t.payable}: ${this.#money(payable)}`,
      }),
    );
  }

  #row(code, text, state, left) {
    const t = this.#t;
    const button = element('button', { type: 'button', textContent: t.remove });
    button.setAttribute('aria-label', `${t.remove}: ${code}`);
    button.addEventListener(
      'click',
      () =>
        void this.#set(
          this.#codes.filter((one) => one !== code),
          () => t.removed(code, this.#money(this.#evaluation.payable)),
        ),
    );
    return element('li', {}, [
      element('strong', { textContent: code }),
      element('span', { className: 'voucher-code-state', textContent: state }),
      element('span', { textContent: text }),
      ...(left === '' ? [] : [element('span', { textContent: left })]),
      button,
    ]);
  }
}

/** A sentence for the traveller. */
class Refused extends Error {}

function element(name, properties, children = []) {
  const { role, ...rest } = properties;
  const made = Object.assign(document.createElement(name), rest);
  if (role !== undefined) made.setAttribute('role', role);
  made.append(...children);
  return made;
}

function plain(code) {
  return code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

if (!customElements.get('voucher-code')) customElements.define('voucher-code', VoucherCode);
