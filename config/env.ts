import { isAbsolute, join, resolve } from 'node:path';
import Joi from 'joi';
import { LOCALES, type Locale } from '../locales/languages.ts';

/** What the environment decides. Nothing else in the product reads the environment. */
export interface Config {
  readonly environment: 'development' | 'production' | 'test';
  readonly host: string;
  readonly port: number;
  /** Where people reach us, without a slash at the end; null when nobody said so. */
  readonly publicUrl: string | null;
  /** `publicUrl`, or what it is on this machine: the beginning of links in mails. */
  readonly baseUrl: string;
  /** Whether people reach us by https: then cookies are Secure. */
  readonly isSecure: boolean;
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** Null: to be made once and kept in the data directory. */
  readonly sessionSecret: string | null;
  /** Encrypts the secrets of second factors. Null: to be made once and kept in the data directory. */
  readonly factorKey: string | null;
  readonly businessTimezone: string;
  readonly defaultLocale: Locale;
  readonly smtpUrl: string | null;
  /** Null: one of the usual places. */
  readonly chromiumPath: string | null;
  readonly logLevel: string;
  /** What express calls `trust proxy`. */
  readonly trustProxy: false | number | readonly string[];
  /** The DTD that is put beside the data for a tax auditor; it belongs to others. */
  readonly auditDtdPath: string | null;
  readonly bootstrapAdmin: { readonly email: string; readonly password: string } | null;
  readonly bootstrapApiKey: string | null;
  /** With it payment providers sign what they tell us; null: nobody may. */
  readonly paymentWebhookSecret: string | null;
  /** With it mail providers sign what they tell us of mails that came back; null: nobody may. */
  readonly mailWebhookSecret: string | null;
}

export type ConfigResult = { readonly config: Config } | { readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

interface Settings {
  NODE_ENV: Config['environment'];
  HOST: string;
  PORT: number;
  PUBLIC_URL?: string;
  DATABASE_URL?: string;
  DATA_DIR: string;
  SESSION_SECRET?: string;
  FACTOR_KEY?: string;
  BUSINESS_TIMEZONE: string;
  DEFAULT_LOCALE: Config['defaultLocale'];
  SMTP_URL?: string;
  CHROMIUM_PATH?: string;
  LOG_LEVEL: string;
  TRUST_PROXY: Config['trustProxy'];
  AUDIT_DTD_PATH?: string;
  BOOTSTRAP_ADMIN_EMAIL?: string;
  BOOTSTRAP_ADMIN_PASSWORD?: string;
  BOOTSTRAP_API_KEY?: string;
  PAYMENT_WEBHOOK_SECRET?: string;
  MAIL_WEBHOOK_SECRET?: string;
}

const ENVIRONMENTS = ['development', 'production', 'test'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const MIN_SECRET_LENGTH = 16;
const MIN_FACTOR_KEY_LENGTH = 32;
const MIN_WEBHOOK_SECRET_LENGTH = 32;
const MIN_PASSWORD_LENGTH = 8;

/** The configuration, or every problem of it at once, each in one sentence. An empty variable counts as absent. */
export function loadConfig(env: Environment): ConfigResult {
  const result = SCHEMA.validate(env, { abortEarly: false, stripUnknown: true });
  if (result.error === undefined) return { config: toConfig(result.value) };
  return { problems: [...new Set(result.error.details.map((detail) => sentenceFor(nameIn(detail), env)))] };
}

/** Reads the environment of this process; with problems it names them all and ends the process. */
export function readConfigOrExit(): Config {
  const result = loadConfig(process.env);
  if ('config' in result) return result.config;
  console.error(['The environment cannot be used:', ...result.problems.map((problem) => `- ${problem}`)].join('\n'));
  process.exit(1);
}

const text = Joi.string().empty('');

const SCHEMA = Joi.object<Settings>({
  NODE_ENV: text.valid(...ENVIRONMENTS).default('development'),
  HOST: text.hostname().default('127.0.0.1'),
  PORT: Joi.number().empty('').integer().min(0).max(65535).default(3000),
  PUBLIC_URL: text.custom(originOnly),
  DATABASE_URL: text.custom(databaseUrl),
  DATA_DIR: text.default('var'),
  SESSION_SECRET: text.min(MIN_SECRET_LENGTH).when('NODE_ENV', { is: 'production', then: Joi.required() }),
  FACTOR_KEY: text.min(MIN_FACTOR_KEY_LENGTH),
  BUSINESS_TIMEZONE: text.custom(timeZone).default('Europe/Berlin'),
  DEFAULT_LOCALE: text.valid(...LOCALES).default('de'),
  SMTP_URL: text.uri({ scheme: ['smtp', 'smtps'] }),
  CHROMIUM_PATH: text,
  LOG_LEVEL: text.valid(...LOG_LEVELS).default('info'),
  TRUST_PROXY: text.custom(trustedProxies).default(false),
  AUDIT_DTD_PATH: text,
  BOOTSTRAP_ADMIN_EMAIL: text.email({ tlds: false }),
  BOOTSTRAP_ADMIN_PASSWORD: text.min(MIN_PASSWORD_LENGTH),
  BOOTSTRAP_API_KEY: text.min(MIN_SECRET_LENGTH).pattern(/^[\x21-\x7e]+$/),
  PAYMENT_WEBHOOK_SECRET: text.min(MIN_WEBHOOK_SECRET_LENGTH),
  MAIL_WEBHOOK_SECRET: text.min(MIN_WEBHOOK_SECRET_LENGTH),
}).and('BOOTSTRAP_ADMIN_EMAIL', 'BOOTSTRAP_ADMIN_PASSWORD');

const EXPECTED: Readonly<Record<keyof Settings, string>> = {
  NODE_ENV: `must be one of ${ENVIRONMENTS.join(', ')}`,
  HOST: 'must be a host name or an address to listen on',
  PORT: 'must be a whole number from 0 to 65535',
  PUBLIC_URL: 'must be the address people use, such as https://gutscheine.example.org, without a path',
  DATABASE_URL: 'must be sqlite:path or mysql://user:password@host:port/database',
  DATA_DIR: 'must be a folder',
  SESSION_SECRET: `must be set in production and have at least ${MIN_SECRET_LENGTH} characters`,
  FACTOR_KEY: `must have at least ${MIN_FACTOR_KEY_LENGTH} characters`,
  BUSINESS_TIMEZONE: 'must be a time zone such as Europe/Berlin',
  DEFAULT_LOCALE: `must be ${LOCALES.join(' or ')}`,
  SMTP_URL: 'must be smtp://user:password@host:port or smtps://user:password@host:port',
  CHROMIUM_PATH: 'must be the path of a Chromium or Chrome',
  LOG_LEVEL: `must be one of ${LOG_LEVELS.join(', ')}`,
  TRUST_PROXY: 'must be the number of proxies in front, or a list of their addresses',
  AUDIT_DTD_PATH: 'must be the file gdpdu-01-09-2004.dtd',
  BOOTSTRAP_ADMIN_EMAIL: 'must be a mail address and must be set together with BOOTSTRAP_ADMIN_PASSWORD',
  BOOTSTRAP_ADMIN_PASSWORD: `must have at least ${MIN_PASSWORD_LENGTH} characters and must be set together with BOOTSTRAP_ADMIN_EMAIL`,
  MAIL_WEBHOOK_SECRET: `must have at least ${MIN_WEBHOOK_SECRET_LENGTH} characters`,
  PAYMENT_WEBHOOK_SECRET: `must have at least ${MIN_WEBHOOK_SECRET_LENGTH} characters`,
  BOOTSTRAP_API_KEY: `must have at least ${MIN_SECRET_LENGTH} characters, without blanks`,
};

// Their values never go into a message: it ends in logs.
const SECRETS: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'SESSION_SECRET',
  'FACTOR_KEY',
  'SMTP_URL',
  'BOOTSTRAP_ADMIN_PASSWORD',
  'BOOTSTRAP_API_KEY',
  'PAYMENT_WEBHOOK_SECRET',
  'MAIL_WEBHOOK_SECRET',
]);

/** The variable a problem is about; of two that belong together, the one that is missing. */
function nameIn({ path, context }: Joi.ValidationErrorItem): string {
  return String(path[0] ?? (context as { missing: string[] }).missing[0]);
}

function sentenceFor(name: string, env: Environment): string {
  const given = env[name];
  const shown = given === undefined || given === '' ? ' (it is not set)' : SECRETS.has(name) ? '' : `, not "${given}"`;
  return `${name} ${EXPECTED[name as keyof Settings]}${shown}.`;
}

function toConfig(settings: Settings): Config {
  const dataDir = resolve(settings.DATA_DIR);
  const publicUrl = settings.PUBLIC_URL ?? null;
  return {
    environment: settings.NODE_ENV,
    host: settings.HOST,
    port: settings.PORT,
    publicUrl,
    baseUrl: publicUrl ?? `http://localhost:${settings.PORT}`,
    isSecure: publicUrl?.startsWith('https:') ?? false,
    databaseUrl: settings.DATABASE_URL ?? `sqlite:${join(dataDir, 'reisebon.sqlite')}`,
    dataDir,
    sessionSecret: settings.SESSION_SECRET ?? null,
    factorKey: settings.FACTOR_KEY ?? null,
    businessTimezone: settings.BUSINESS_TIMEZONE,
    defaultLocale: settings.DEFAULT_LOCALE,
    smtpUrl: settings.SMTP_URL ?? null,
    auditDtdPath: settings.AUDIT_DTD_PATH ?? null,
    chromiumPath: settings.CHROMIUM_PATH ?? null,
    logLevel: settings.LOG_LEVEL,
    trustProxy: settings.TRUST_PROXY,
    bootstrapAdmin:
      settings.BOOTSTRAP_ADMIN_EMAIL === undefined || settings.BOOTSTRAP_ADMIN_PASSWORD === undefined
        ? null
        : { email: settings.BOOTSTRAP_ADMIN_EMAIL, password: settings.BOOTSTRAP_ADMIN_PASSWORD },
    bootstrapApiKey: settings.BOOTSTRAP_API_KEY ?? null,
    paymentWebhookSecret: settings.PAYMENT_WEBHOOK_SECRET ?? null,
    mailWebhookSecret: settings.MAIL_WEBHOOK_SECRET ?? null,
  };
}

function originOnly(value: string): string {
  const { protocol, pathname, search, hash, origin } = new URL(value);
  if (!/^https?:$/.test(protocol) || pathname !== '/' || search !== '' || hash !== '') throw new Error('not an origin');
  return origin;
}

function databaseUrl(value: string): string {
  if (value.startsWith('sqlite:')) {
    const path = value.slice('sqlite:'.length);
    if (path === '') throw new Error('no path');
    return path === ':memory:' || isAbsolute(path) ? value : `sqlite:${resolve(path)}`;
  }
  const { protocol, username, hostname, pathname } = new URL(value);
  if (protocol !== 'mysql:' || username === '' || hostname === '' || !/^\/[^/]+$/.test(pathname))
    throw new Error('not a database');
  return value;
}

function timeZone(value: string): string {
  // A bare offset such as +01:00 is accepted by Intl, but knows no summer time.
  if (!/^[A-Z]/i.test(value)) throw new Error('not a zone');
  new Intl.DateTimeFormat('en', { timeZone: value });
  return value;
}

function trustedProxies(value: string): Config['trustProxy'] {
  if (value === 'false') return false;
  if (/^\d{1,2}$/.test(value)) return Number(value);
  const addresses = value.split(',').map((one) => one.trim());
  if (!addresses.every((one) => /^(loopback|linklocal|uniquelocal|[\da-f.:]*[.:][\da-f.:]*(\/\d{1,3})?)$/i.test(one)))
    throw new Error('not an address');
  return addresses;
}
