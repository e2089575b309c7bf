/** The whole error contract on one page: code and HTTP status. Its sentence is `errors:code.<code>` in the locales. */
export const ERROR_STATUS = {
  invalid_request: 400,
  malformed_json: 400,
  idempotency_key_required: 400,
  unauthenticated: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  code_taken: 409,
  in_use: 409,
  quote_changed: 409,
  already_redeemed: 409,
  idempotency_in_progress: 409,
  illegal_transition: 409,
  version_mismatch: 412,
  too_large: 413,
  unsupported_media_type: 415,
  rule_broken: 422,
  unknown_reference: 422,
  fixed_once_paid: 422,
  follows_campaign: 422,
  credit_known: 409,
  needs_second_person: 422,
  period_not_next: 409,
  period_not_over: 409,
  books_disagree: 409,
  export_problems: 422,
  nothing_to_export: 409,
  nothing_to_compare: 422,
  run_of_closed_month: 409,
  run_imported: 409,
  invoice_incomplete: 409,
  codes_rejected: 422,
  exceeds_booking: 422,
  other_currency: 422,
  exceeds_redeemed: 422,
  idempotency_key_reused: 422,
  too_many_wrong_codes: 429,
  internal: 500,
  no_browser: 503,
  unavailable: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** A place in the input that is wrong: a path such as `value.tiers.0.percent`, a code, what its sentence needs. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** The key of its sentence in the locales; else `errors:field.<code>`. */
  readonly text?: string;
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
    return ERROR_STATUS[this.code];
  }
}

export function appError(code: ErrorCode, details?: AppErrorDetails): AppError {
  return new AppError(code, details);
}

/** The code of an error that its reader can act on. */
export function isRefusal(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_STATUS, code) && ERROR_STATUS[code as ErrorCode] < 500;
}

/** Lets pass what a reader can be told and act on; faults of ours, and codes that have a page of their own, are thrown on. */
export function rethrowUnexpected(error: unknown, ...elsewhere: readonly ErrorCode[]): asserts error is AppError {
  if (!(error instanceof AppError) || error.status >= 500 || elsewhere.includes(error.code)) throw error;
}
