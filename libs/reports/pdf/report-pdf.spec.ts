import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportLanguage, StoredReport } from '@springtide/contracts';
import { afterActionReport } from '../domain/index.js';
import { at, sampleRun } from '../testing/sample-run.js';
import { reportPdf } from './report-pdf.js';

const digest = 'c0ffee'.repeat(10);
const stored: StoredReport = {
  revision: 1,
  createdAt: at(300),
  hash: 'd00d'.repeat(16),
  intact: true,
  signatures: [
    { role: 'operations', by: '林晓 Lin', at: at(310), comment: '复盘会已过。', digest, valid: true },
    { role: 'finance', by: 'Fang', at: at(330), comment: '', digest, valid: false },
  ],
  content: afterActionReport(sampleRun()),
};

describe('the report on paper', () => {
  it.each<ReportLanguage>(['en-US', 'zh-CN'])(
    'is a PDF of a few pages with its own fonts: %s',
    async (language) => {
      const bytes = Buffer.from(await reportPdf(stored, language));
      const folder = join(tmpdir(), 'springtide-reports');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `report-${language}.pdf`), bytes);
      const text = bytes.toString('latin1');
      expect(text.startsWith('%PDF-1.')).toBe(true);
      const pages = text.match(/\/Type \/Page\b/g)?.length ?? 0;
      expect(pages).toBeGreaterThanOrEqual(2);
      expect(pages).toBeLessThanOrEqual(5);
      // Subsets carry six letters and a plus before the font's name; the whole font would be ten megabytes.
      expect(text).toMatch(/\/FontName \/[A-Z]{6}\+NotoSansSC/);
      expect(bytes.length).toBeLessThan(600_000);
    },
  );

  it('draws without machines, without demand and without an approval', async () => {
    const facts = sampleRun({ intents: [], readings: new Map(), approval: null, closedAt: null });
    const live = { ...stored, revision: null, createdAt: null, signatures: [], intact: false };
    const bytes = await reportPdf({ ...live, content: afterActionReport(facts) }, 'en-US');
    expect(bytes.length).toBeGreaterThan(10_000);
  });
});
