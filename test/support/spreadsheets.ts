import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PLACES = ['/usr/bin/soffice', '/usr/bin/libreoffice', '/usr/bin/localc'];

export interface Conversion {
  /** What LibreOffice calls the format, such as `xlsx:Calc MS Excel 2007 XML`. */
  readonly to: string;
  /** The folder for the new file, which keeps its name. */
  readonly into: string;
  /** How a text file is to be read. */
  readonly from?: string;
}

/** Opens a file in LibreOffice and saves it anew. */
export function convertInLibreOffice(file: string, { to, into, from }: Conversion): void {
  const program = PLACES.find((place) => existsSync(place));
  if (program === undefined) throw new Error('LibreOffice is not installed; "npm test" installs it where it may');
  execFileSync(program, [
    // A profile of its own, so that two at once do not wait for each other.
    `-env:UserInstallation=file://${join(dirname(file), 'profile')}`,
    '--headless',
    '--convert-to',
    to,
    ...(from === undefined ? [] : [`--infilter=${from}`]),
    '--outdir',
    into,
    file,
  ]);
}
