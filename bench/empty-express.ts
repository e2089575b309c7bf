import express from 'express';
import { createLog, requestLog } from '../src/platform/process/log.ts';
import { securityHeaders } from '../src/platform/http/security.ts';

/** The limit of a quote: the same middleware and body, and nothing done. */
const app = express();
app.disable('x-powered-by');
app.use(requestLog(createLog('warn')), ...securityHeaders({ secure: false }), express.json({ limit: '1mb' }));
app.post('/', (_request, response) => {
  response.json({ ok: true });
});
app.listen(Number(process.env['PORT']), '127.0.0.1');
