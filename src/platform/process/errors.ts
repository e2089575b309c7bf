/** The whole error contract on one page: code, HTTP status, and a sentence in both languages that says the way out. */
const CATALOGUE = {
  invalid_request: {
    status: 400,
    de: 'Die Anfrage ist nicht richtig aufgebaut. Bitte prüfen Sie die genannten Stellen.',
    en: 'The request is not well formed. Please check the places named.',
  },
  malformed_json: { status: 400, de: 'Der Inhalt ist kein gültiges JSON.', en: 'The body is not valid JSON.' },
  idempotency_key_required: {
    status: 400,
    de: 'Diese Anfrage bewegt Wert und braucht den Kopf Idempotency-Key (1 bis 255 Zeichen).',
    en: 'This request moves value and needs the header Idempotency-Key (1 to 255 characters).',
  },
  unauthenticated: {
    status: 401,
    de: 'Der API-Schlüssel fehlt oder ist ungültig.',
    en: 'The API key is missing or not valid.',
  },
  forbidden: { status: 403, de: 'Dazu fehlt das Recht.', en: 'You do not have the right to do this.' },
  origin_not_allowed: {
    status: 403,
    de: 'Von dieser Herkunft (Origin) darf dieser Schlüssel nicht benutzt werden.',
    en: 'This key must not be used from this origin.',
  },
  not_found: { status: 404, de: 'Das gibt es hier nicht (mehr).', en: 'There is no such thing here (any more).' },
  method_not_allowed: { status: 405, de: 'Diese Methode gibt es hier nicht.', en: 'There is no such method here.' },
  conflict: { status: 409, de: 'Das passt nicht zum jetzigen Stand.', en: 'This does not fit the present state.' },
  code_taken: {
    status: 409,
    de: 'Diesen Gutscheincode gibt es schon. Bitte wählen Sie einen anderen.',
    en: 'This voucher code exists already. Please choose another one.',
  },
  in_use: {
    status: 409,
    de: 'Der Eintrag wird noch benutzt und kann nicht gelöscht werden.',
    en: 'The entry is in use and cannot be deleted.',
  },
  quote_changed: {
    status: 409,
    de: 'Der Preis hat sich seit der letzten Auskunft geändert. Es wurde nichts eingelöst.',
    en: 'The price has changed since the last quote. Nothing was redeemed.',
  },
  already_redeemed: {
    status: 409,
    de: 'Diese Reservierung ist schon eingelöst.',
    en: 'This hold has been redeemed already.',
  },
  idempotency_in_progress: {
    status: 409,
    de: 'Dieselbe Anfrage läuft gerade noch. Bitte gleich noch einmal fragen.',
    en: 'The same request is still running. Please ask again in a moment.',
  },
  illegal_transition: {
    status: 409,
    de: 'In diesem Zustand geht das mit diesem Gutschein nicht.',
    en: 'This cannot be done with the voucher in its present state.',
  },
  version_mismatch: {
    status: 412,
    de: 'Inzwischen hat jemand anderes gespeichert. Bitte laden Sie den neuen Stand.',
    en: 'Somebody else has saved in the meantime. Please load the new state.',
  },
  too_large: { status: 413, de: 'Die Anfrage ist zu groß.', en: 'The request is too large.' },
  unsupported_media_type: {
    status: 415,
    de: 'Bitte senden Sie den Inhalt als application/json.',
    en: 'Please send the body as application/json.',
  },
  rule_broken: {
    status: 422,
    de: 'Das verstößt gegen eine Regel. Bitte prüfen Sie die genannten Stellen.',
    en: 'This breaks a rule. Please check the places named.',
  },
  unknown_reference: {
    status: 422,
    de: 'Ein genannter Eintrag ist in den Stammdaten unbekannt.',
    en: 'An entry named is not known in the master data.',
  },
  fixed_once_paid: {
    status: 422,
    de: 'Typ, Währung, Wert, Restwert-Regel und Marke stehen fest, sobald etwas gebucht ist.',
    en: 'Type, currency, value, residual rule and brand are fixed once something is booked.',
  },
  follows_campaign: {
    status: 422,
    de: 'Dieser Code folgt den Regeln seiner Aktion. Bitte ändern Sie die Aktion.',
    en: 'This code follows the rules of its campaign. Please change the campaign.',
  },
  credit_known: {
    status: 409,
    de: 'Diese Gutschrift wurde schon aus einer anderen Datei eingelesen; es wurde nichts gebucht. Ist es eine eigene, gleiche Zahlung, tragen Sie bitte in der Zeile den Grund ein.',
    en: 'This credit was already read from another file; nothing was booked. If it is an equal payment of its own, please give the reason in its row.',
  },
  needs_second_person: {
    status: 422,
    de: 'Ab diesem Betrag gilt das Vier-Augen-Prinzip; es ist nichts geschehen. Bitte in der Verwaltung beim Gutschein beantragen: Unter „Freigaben“ entscheidet eine zweite Person.',
    en: 'From this amount on a second person has to accept it; nothing was done. Please ask for it at the voucher in the administration: a second person decides under “Approvals”.',
  },
  period_not_next: {
    status: 409,
    de: 'Monate werden der Reihe nach abgeschlossen. Bitte schließen Sie zuerst den ältesten offenen Monat ab.',
    en: 'Months are closed one after the other. Please close the oldest open month first.',
  },
  period_not_over: {
    status: 409,
    de: 'Dieser Monat kann erst ab dem zweiten Tag des Folgemonats abgeschlossen werden.',
    en: 'This month can be closed from the second day of the following month on.',
  },
  books_disagree: {
    status: 409,
    de: 'Die Prüfung der Bücher hat eine Abweichung gefunden. Es wurde nichts abgeschlossen; die Seite „Nachweise“ nennt die Stelle.',
    en: 'Checking the books found a difference. Nothing was closed; the page “Proof” names the place.',
  },
  export_problems: {
    status: 422,
    de: 'Der Export ist so nicht möglich. Es wurde nichts geschrieben; die Vorschau nennt jede Stelle.',
    en: 'The export is not possible like this. Nothing was written; the preview names every place.',
  },
  nothing_to_export: {
    status: 409,
    de: 'In diesem Zeitraum ist nichts mehr zu exportieren: Alle Einträge stehen schon in einem Lauf.',
    en: 'Nothing is left to export in these months: every entry is in a run already.',
  },
  codes_rejected: {
    status: 422,
    de: 'Nicht alle Codes gelten für diese Buchung. Es wurde nichts eingelöst.',
    en: 'Not all codes hold for this booking. Nothing was redeemed.',
  },
  exceeds_redeemed: {
    status: 422,
    de: 'So viel wurde nicht eingelöst. Es wurde nichts zurückgegeben.',
    en: 'That is more than was redeemed. Nothing was given back.',
  },
  idempotency_key_reused: {
    status: 422,
    de: 'Dieser Idempotency-Key gehört zu einer anderen Anfrage.',
    en: 'This Idempotency-Key belongs to another request.',
  },
  too_many_wrong_codes: {
    status: 429,
    de: 'Zu viele falsche Codes. Bitte versuchen Sie es später noch einmal.',
    en: 'Too many wrong codes. Please try again later.',
  },
  internal: {
    status: 500,
    de: 'Bei uns ist etwas schiefgegangen. Nichts wurde gespeichert.',
    en: 'Something went wrong on our side. Nothing was saved.',
  },
  no_browser: {
    status: 503,
    de: 'PDFs brauchen Chromium, und auf diesem Server ist keines installiert.',
    en: 'PDFs need Chromium, and none is installed on this server.',
  },
  unavailable: {
    status: 503,
    de: 'Der Dienst ist gerade nicht bereit. Bitte gleich noch einmal versuchen.',
    en: 'The service is not ready. Please try again in a moment.',
  },
} as const satisfies Record<string, { status: number; de: string; en: string }>;

export type ErrorCode = keyof typeof CATALOGUE;
export type ErrorLocale = 'de' | 'en';

/** A place in the input that is wrong: a path such as `value.tiers.0.percent`, a code, what the sentence needs. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Set where the sentence is known already; else made from the code. */
  readonly message?: Readonly<Record<ErrorLocale, string>>;
}

export interface AppErrorDetails {
  readonly fields?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members added to the answer, such as the new evaluation beside `quote_changed`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Thrown where a use case cannot go on for a reason its caller can act on. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: AppErrorDetails;

  constructor(code: ErrorCode, details: AppErrorDetails = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }
}

export function appError(code: ErrorCode, details?: AppErrorDetails): AppError {
  return new AppError(code, details);
}

export function errorSentence(code: ErrorCode, locale: ErrorLocale): string {
  return CATALOGUE[code][locale];
}
