// npm start: installs what is missing, then runs the server on the pinned Node.
import { join } from 'node:path';
import { installPackages, root } from './install.js';
import { runToEnd } from './run-to-end.js';

process.exit(
  await runToEnd(installPackages(), ['--disable-warning=ExperimentalWarning', join(root, 'src', 'main.ts')]),
);
