import { openSync, closeSync } from 'node:fs';
import { createLogger } from './logger.js';
import { lineWriter, writeAll } from './line-writer.js';

describe('a log', () => {
  it('drops what cannot be written, and tells how much is missing as soon as it can', () => {
    const written: string[] = [];
    let full = false;
    const writer = lineWriter((text) => {
      if (full) throw new Error('no space left on device');
      written.push(text);
    });
    writer.write('one\n');
    full = true;
    writer.write('two\n');
    writer.write('three\n');
    full = false;
    writer.write('four\n');
    writer.write('five\n');
    const [first, second = '', third] = written;
    expect([first, third]).toEqual(['one\n', 'five\n']);
    const [note = '', line] = second.split('\n');
    expect(JSON.parse(note)).toMatchObject({ level: 50, lost: 2, msg: expect.stringContaining('2 lines') });
    expect(line).toBe('four');
  });

  it('says what the operating system says of a full disk', () => {
    const fd = openSync('/dev/full', 'w');
    try {
      expect(() => writeAll(fd, 'text')).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
      const log = createLogger({ name: 'spec', level: 'info', write: (text) => writeAll(fd, text) });
      for (let line = 0; line < 1_000; line += 1) log.error({ line }, 'not written');
    } finally {
      closeSync(fd);
    }
  });
});
