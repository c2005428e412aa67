import { REPORT_ROLES, ReportLanguage, routes, type StoredReport } from '@springtide/contracts';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { reportSectionsOf } from '../output/report-sections.js';
import { campaignId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, type CommandLine } from './command-line.js';

export function addReportCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'report', 'after-action reports: planned against actual, signed');
  line.verb(
    noun,
    'show <campaign>',
    'the report that was kept last; while the run goes on, how it looks now',
    {},
    async ({ session, args: [reference = ''] }) => {
      const params = { id: await campaignId(session, reference) };
      return shown(session, await session.call(routes.reportGet, { params }));
    },
  );
  line.verb(
    noun,
    'keep <campaign>',
    'keep the report of a closed run as a revision that never changes',
    {},
    async ({ session, args: [reference = ''] }) => {
      const params = { id: await campaignId(session, reference) };
      return shown(session, await session.call(routes.reportStore, { params }));
    },
  );
  addSigning(noun, line);
  addPrinting(noun, line);
}

function shown(session: Session, report: StoredReport): ExitCode {
  session.print(report, () => reportSectionsOf(report));
  return report.intact ? EXIT.ok : EXIT.conflict;
}

function addSigning(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'sign <campaign>',
    'sign the kept report, for one of the three who answer for it',
    {
      options: z.object({
        as: z.enum(REPORT_ROLES),
        hash: z.string().optional(),
        comment: z.string().default(''),
      }),
      flags: [
        new Option('--as <role>', 'for whom').choices(REPORT_ROLES).makeOptionMandatory(),
        flag('--hash <hash>', 'of the content that you read; the current one unless said otherwise'),
        flag('--comment <text>', 'kept with the signature'),
      ],
    },
    async ({ session, args: [reference = ''], options }) => {
      const params = { id: await campaignId(session, reference) };
      const hash = options.hash ?? (await session.call(routes.reportGet, { params })).hash;
      const body = { role: options.as, hash, comment: options.comment };
      const report = await session.call(routes.reportSign, { params, body });
      session.print(report, () => reportSectionsOf(report));
    },
  );
}

function addPrinting(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'pdf <campaign>',
    'the report as a file to print',
    {
      options: z.object({ file: z.string().optional(), language: ReportLanguage.default('en-US') }),
      flags: [
        flag('-f, --file <path>', 'where to; report-<campaign>.pdf unless said otherwise'),
        new Option('--language <language>', 'of the report').choices(ReportLanguage.options).default('en-US'),
      ],
    },
    async ({ session, args: [reference = ''], options: { file, language } }) => {
      const id = await campaignId(session, reference);
      const path = file ?? `report-${id}-${language}.pdf`;
      const bytes = await session.file(routes.reportPdf, { params: { id }, query: { language } });
      try {
        await line.terminal.writeFile(path, bytes);
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new CliFailure(
          `${path} could not be written: ${why}.`,
          EXIT.error,
          'Name another with --file.',
        );
      }
      session.progress(`Written: ${path} (${bytes.length} bytes)`);
    },
  );
}
