import { expect } from 'chai';
import { loadConfig, type Config } from '../../config/env.ts';

function configOf(env: Record<string, string>): Config {
  const result = loadConfig(env);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.config;
}

function problemsOf(env: Record<string, string>): readonly string[] {
  const result = loadConfig(env);
  return 'problems' in result ? result.problems : [];
}

describe('the environment', () => {
  it('needs nothing', () => {
    const config = configOf({});
    expect(config).to.deep.include({
      environment: 'development',
      host: '127.0.0.1',
      port: 3000,
      publicUrl: null,
      baseUrl: 'http://localhost:3000',
      isSecure: false,
      sessionSecret: null,
      factorKey: null,
      businessTimezone: 'Europe/Berlin',
      defaultLocale: 'de',
      smtpUrl: null,
      chromiumPath: null,
      logLevel: 'info',
      trustProxy: false,
      auditDtdPath: null,
      bootstrapAdmin: null,
      bootstrapApiKey: null,
    });
    expect(config.databaseUrl).to.equal(`sqlite:${config.dataDir}/reisebon.sqlite`);
    expect(config.dataDir).to.match(/\/var$/);
  });

  it('counts an empty variable as absent', () => {
    expect(configOf({ PORT: '', HOST: '', NODE_ENV: '', SMTP_URL: '', TRUST_PROXY: '' })).to.deep.equal(configOf({}));
  });

  it('takes what it is given', () => {
    const config = configOf({
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      PORT: '8080',
      PUBLIC_URL: 'https://bon.example.org/',
      DATABASE_URL: 'mysql://reisebon:p%40ss@db.example.org:3307/vouchers',
      DATA_DIR: '/srv/reisebon',
      SESSION_SECRET: 'a secret of some length',
      BUSINESS_TIMEZONE: 'Europe/Vienna',
      DEFAULT_LOCALE: 'en',
      SMTP_URL: 'smtps://user:pw@mail.example.org:465',
      LOG_LEVEL: 'warn',
      TRUST_PROXY: '2',
      BOOTSTRAP_ADMIN_EMAIL: 'admin@example.org',
      BOOTSTRAP_ADMIN_PASSWORD: 'correct horse',
      BOOTSTRAP_API_KEY: 'rb_0123456789abcdef',
      PAYMENT_WEBHOOK_SECRET: 'a secret that the provider of payments knows',
      MAIL_WEBHOOK_SECRET: 'a secret that the provider of mails knows',
    });
    expect(config).to.deep.equal({
      environment: 'production',
      host: '0.0.0.0',
      port: 8080,
      publicUrl: 'https://bon.example.org',
      baseUrl: 'https://bon.example.org',
      isSecure: true,
      databaseUrl: 'mysql://reisebon:p%40ss@db.example.org:3307/vouchers',
      dataDir: '/srv/reisebon',
      sessionSecret: 'a secret of some length',
      factorKey: null,
      businessTimezone: 'Europe/Vienna',
      defaultLocale: 'en',
      smtpUrl: 'smtps://user:pw@mail.example.org:465',
      chromiumPath: null,
      logLevel: 'warn',
      trustProxy: 2,
      auditDtdPath: null,
      bootstrapAdmin: { email: 'admin@example.org', password: 'correct horse' },
      bootstrapApiKey: 'rb_0123456789abcdef',
      paymentWebhookSecret: 'a secret that the provider of payments knows',
      mailWebhookSecret: 'a secret that the provider of mails knows',
    });
  });

  const refused: ReadonlyArray<readonly [name: string, ...values: string[]]> = [
    ['NODE_ENV', 'prod', 'Production'],
    ['HOST', 'not a host', 'http://example.org'],
    ['PORT', 'http', '-1', '65536', '80.5'],
    [
      'PUBLIC_URL',
      'bon.example.org',
      'ftp://bon.example.org',
      'https://bon.example.org/path',
      'https://bon.example.org/?a=1',
    ],
    [
      'DATABASE_URL',
      'postgres://u:p@h/d',
      'sqlite:',
      'mysql://host/db',
      'mysql://user@host',
      'mysql://user@host/a/b',
      'vouchers',
    ],
    ['SESSION_SECRET', 'short'],
    ['BUSINESS_TIMEZONE', 'Europe/Atlantis', '+01:00', 'Berlin'],
    ['DEFAULT_LOCALE', 'fr', 'DE'],
    ['SMTP_URL', 'mail.example.org', 'http://mail.example.org'],
    ['LOG_LEVEL', 'loud'],
    ['TRUST_PROXY', 'true', 'yes', 'somewhere'],
    ['BOOTSTRAP_API_KEY', 'short', 'a key with blanks in it'],
  ];
  for (const [name, ...values] of refused) {
    for (const value of values) {
      it(`refuses ${name}=${value}`, () => {
        const problems = problemsOf({ [name]: value });
        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(new RegExp(`^${name} must `));
      });
    }
  }

  for (const value of ['false', '0', '1', 'loopback', '10.0.0.0/8, 192.168.1.1', 'fd00::/8']) {
    it(`accepts TRUST_PROXY=${value}`, () => {
      expect(problemsOf({ TRUST_PROXY: value })).to.deep.equal([]);
    });
  }

  it('says every problem at once and no secret', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: 'x',
      DATABASE_URL: 'postgres://u:hush@h/d',
      BOOTSTRAP_ADMIN_EMAIL: 'admin@example.org',
    });
    expect(problems).to.deep.equal([
      'PORT must be a whole number from 0 to 65535, not "x".',
      'DATABASE_URL must be sqlite:path or mysql://user:password@host:port/database.',
      'SESSION_SECRET must be set in production and have at least 16 characters (it is not set).',
      'BOOTSTRAP_ADMIN_PASSWORD must have at least 8 characters and must be set together with BOOTSTRAP_ADMIN_EMAIL (it is not set).',
    ]);
  });

  it('wants the address of the first administrator with the password', () => {
    expect(problemsOf({ BOOTSTRAP_ADMIN_PASSWORD: 'correct horse' })).to.have.length(1);
  });
});
