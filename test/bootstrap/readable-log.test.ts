import { expect } from 'chai';
import { Writable } from 'node:stream';
import { readableLog } from '../../bin/readable-log.js';
import { createLog } from '../../src/platform/process/log.ts';

describe('the log for people', () => {
  function logged(write: (log: ReturnType<typeof createLog>) => void): string[] {
    const lines: string[] = [];
    const kept = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(readableLog(chunk.toString().trimEnd()));
        done();
      },
    });
    write(createLog('info', kept));
    return lines;
  }

  it('has the time, the level, the words and what else there is on one line', () => {
    const [line] = logged((log) => {
      log.warn({ people: 2 }, 'the key does not fit');
    });
    expect(line).to.match(/^\d\d:\d\d:\d\d warn {2}the key does not fit people=2$/);
  });

  it('shows an error with its message and where it came from', () => {
    const [line = ''] = logged((log) => {
      log.error({ err: new TypeError('no such thing') }, 'job');
    });
    const [head, what, frame] = line.split('\n');
    expect(head).to.match(/error job$/);
    expect(what).to.equal('  TypeError no such thing');
    expect(frame).to.match(/^ {4}at /);
  });

  it('shows a request by method, path, answer and time', () => {
    const request = { method: 'GET', url: '/admin/vouchers' };
    const [line] = logged((log) => {
      log.info({ req: request, res: { status: 200 }, responseTime: 12 }, 'request completed');
    });
    expect(line).to.match(/info {2}GET \/admin\/vouchers 200 12 ms$/);
  });

  it('leaves alone what is no log', () => {
    for (const line of ['Reisebon runs at http://localhost:3000', '{"level":', '17', 'null'])
      expect(readableLog(line)).to.equal(line);
  });
});
