import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { needsOf } from '../../bin/test-needs.js';

const ROOT = join(import.meta.dirname, '..', '..');
// Names of their own, or this file would be taken for one that needs them.
const [MARIADB, CHROMIUM, LIBREOFFICE] = ['Maria' + 'DB', 'Chromium', 'LibreOffice'];
const BOTH = 'describeOn' + 'BothDatabases';

describe('what a test file needs', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(ROOT, 'test', 'needs-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [title, text, expected] of [
    ['nothing, where it only asks the core', "import { euros } from '../../src/core/money.ts';", []],
    [
      'nothing on SQLite alone',
      "import { describeOn } from '../support/databases.ts';\ndescribeOn('SQLite', 'a', b);",
      [],
    ],
    [
      'MariaDB, where it runs on both databases',
      `import { ${BOTH} } from '../support/databases.ts';\n${BOTH}('a', b);`,
      [MARIADB],
    ],
    [
      'MariaDB, where it is named',
      `import { describeOn } from '../support/databases.ts';\nfor (const kind of ['SQLite', '${MARIADB}']) describeOn(kind, 'a', b);`,
      [MARIADB],
    ],
    ['Chromium, where it visits pages', "import {\n  visit,\n} from '../support/browser.ts';", [CHROMIUM]],
    ['nothing for a type of the browser', "import type { Visit } from '../support/browser.ts';", []],
    ['Chromium, where documents are printed', "import { PRINTING } from '../support/pdf.ts';", [CHROMIUM]],
    [
      'Chromium, where it prints by itself',
      "import { createPrinter } from '../../src/platform/files/chromium.ts';",
      [CHROMIUM],
    ],
    [
      'LibreOffice, where it opens a workbook in it',
      "import { saveAgain } from '../support/spreadsheets.ts';",
      [LIBREOFFICE],
    ],
    ['what a file beside it needs', "import './beside.ts';", [CHROMIUM, MARIADB]],
    ['nothing of a file that is not there, which is told when it is loaded', "import './none.ts';", []],
  ] as const) {
    it(title, () => {
      writeFileSync(
        join(folder, 'beside.ts'),
        `import { visit } from '../support/browser.ts';\nexport const kind = '${MARIADB}';\n`,
      );
      writeFileSync(join(folder, 'a.test.ts'), `${text}\n`);
      expect(needsOf(`test/${basename(folder)}/a.test.ts`)).to.deep.equal(expected);
    });
  }
});
