import { expect } from 'chai';
import { versionProblem } from '../../../src/platform/process/startup.ts';

describe('the version of the database', () => {
  for (const version of [
    '10.6.0-MariaDB',
    '10.11.19-MariaDB-0+deb12u1',
    '5.5.5-11.4.2-MariaDB-log',
    '8.0.21',
    '8.4.3',
    '9.1.0',
  ]) {
    it(`${version} is new enough`, () => {
      expect(versionProblem(version)).to.equal(null);
    });
  }

  it('older than MariaDB 10.6 is refused', () => {
    expect(versionProblem('10.5.29-MariaDB-1:10.5.29')).to.equal(
      'The database is MariaDB 10.5.29, but MariaDB 10.6.0 or newer is needed.',
    );
  });

  for (const version of ['8.0.20', '5.7.44-log']) {
    it(`${version} of MySQL is refused`, () => {
      expect(versionProblem(version)).to.match(/^The database is MySQL .*, but MySQL 8\.0\.21 or newer is needed\.$/);
    });
  }
});
