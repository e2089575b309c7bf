import { expect } from 'chai';
import {
  askedReport,
  linesInput,
  typedWriteOff,
} from '../../../../src/features/partners/settlement/partner-settlement-form.ts';

const words = { t: (key: string): string => key, locale: 'de' } as const;

describe('the form of a settlement with partners', () => {
  const asked = (from: string, to: string, today = '2026-03-31') => askedReport({ from, to }, today, words);

  it('is about the month before until today where no day is typed', () => {
    expect(asked('', '').days).to.deep.equal({ from: '2026-02-01', to: '2026-03-31' });
    expect(asked('', '').typed).to.deep.equal({ partner: '', from: '01.02.2026', to: '31.03.2026' });
    expect(asked('', '', '2026-01-05').days).to.deep.equal({ from: '2025-12-01', to: '2026-01-05' });
  });

  it('is about the days that are typed, both included', () => {
    expect(asked('1.3.2026', '2.3.2026').days).to.deep.equal({ from: '2026-03-01', to: '2026-03-02' });
  });

  it('wants both days, in their order and within a year', () => {
    const pathsOf = (from: string, to: string) => asked(from, to).errors.map(({ path }) => path);
    expect(pathsOf('x', '')).to.deep.equal(['from', 'to']);
    expect(pathsOf('02.03.2026', '01.03.2026')).to.deep.equal(['to']);
    expect(pathsOf('01.03.2025', '02.03.2026')).to.deep.equal(['from']);
    expect(pathsOf('01.03.2025', '01.03.2026')).to.deep.equal([]);
  });

  it('has no days where one of them is wrong', () => {
    expect(asked('02.03.2026', '01.03.2026').days).to.equal(null);
  });

  it('reads what is to be written off, and keeps it at its row', () => {
    const body = { line: '7', redemption: '8', reason: ' Kulanz ' };
    expect(typedWriteOff(body)).to.deep.equal({ lineId: '7', redemptionId: '8', reason: 'Kulanz' });
    expect(linesInput(body, '31.03.2026')).to.deep.equal({
      paidOn: '31.03.2026',
      reference: '',
      'reason-7': 'Kulanz',
    });
  });
});
