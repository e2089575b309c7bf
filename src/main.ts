import { createServer } from 'node:http';
import { readConfigOrExit, type Config } from '../config/env.ts';
import { seedDemo } from '../seeds/demo.ts';
import { compose } from './composition.ts';
import { createDemoLogin } from './features/staff/feature.ts';
import { systemClock } from './platform/process/clock.ts';
import { createLog } from './platform/process/log.ts';
import { keptFactorKey, keptSessionSecret } from './platform/secrets/session-secret.ts';
import { shutDownOnSignals } from './platform/process/shutdown.ts';
import { listen, openMigratedDatabase, prepareDataDirectory, StartupError } from './platform/process/startup.ts';

/** Longer than callers and proxies keep a quiet connection, so that none sends on one that is just being closed. */
const KEEP_ALIVE_MS = 75_000;

try {
  await start(readConfigOrExit());
} catch (error) {
  console.error(error instanceof StartupError ? error.message : error);
  process.exit(1);
}

async function start(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const clock = systemClock(config.businessTimezone);
  prepareDataDirectory(config.dataDir);
  const sessionSecret = config.sessionSecret ?? keptSessionSecret(config.dataDir);
  const factorKey = config.factorKey ?? keptFactorKey(config.dataDir);
  const database = await openMigratedDatabase(config.databaseUrl);

  const { app, health, background, bootstrap } = compose({ config, sessionSecret, factorKey, database, clock, log });
  await bootstrap();
  const demoLogin = config.environment === 'development' ? await createDemoLogin(database, clock) : null;

  if (config.environment === 'development') await seedDemo(database, clock);

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app);
  const address = await listen(server, config.port, config.host);
  background.start();
  shutDownOnSignals({
    server,
    log,
    announce: () => {
      health.stopTakingRequests();
    },
    stopBackground: () => background.stop(),
    closeDatabase: () => database.close(),
  });
  console.log(`Reisebon runs at ${config.publicUrl ?? `http://localhost:${address.port}`}`);
  if (demoLogin !== null)
    console.log(`Demo login: ${demoLogin.email} with password ${demoLogin.password} (shown only this once)`);
}
