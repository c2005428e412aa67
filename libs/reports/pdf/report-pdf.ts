import {
  REPORT_ROLES,
  storyText,
  type AfterActionReport,
  type ReportLanguage,
  type StoredReport,
} from '@springtide/contracts';
import { decimal } from '@springtide/kernel';
import { drawCurve } from './curve-chart.js';
import { formatsFor, type Formats } from './formats.js';
import { Sheet } from './sheet.js';
import { knownWord, wordsFor, type WordParams, type Words } from './words.js';

type Printing = Readonly<{
  language: ReportLanguage;
  sheet: Sheet;
  words: Words;
  formats: Formats;
  stored: StoredReport;
  report: AfterActionReport;
}>;

/** The report to print and to file, with its signatures. What is on paper is what was kept. */
export async function reportPdf(stored: StoredReport, language: ReportLanguage): Promise<Uint8Array> {
  const report = stored.content;
  const words = wordsFor(language);
  const createdAt = new Date(stored.createdAt ?? report.startedAt);
  const title = `${words('title')}: ${report.name}`;
  const sheet = new Sheet({ title, author: report.author, createdAt, language });
  const formats = formatsFor(language, report.timeZone);
  const printing = { language, sheet, words, formats, stored, report };
  for (const print of [printHead, printShort, printCurves, printPhases, printReadyTimes, printTroubles]) {
    print(printing);
  }
  for (const print of [printCost, printLeftovers, printSuggestions, printStory, printSignatures]) {
    print(printing);
  }
  sheet.feet((page, pages) =>
    words('footer', { name: report.name, hash: stored.hash.slice(0, 16), page, pages }),
  );
  return await sheet.bytes();
}

function printHead({ sheet, words, formats, stored, report }: Printing): void {
  const { approval, closedAt } = report;
  sheet.text(words('title'), { quiet: true, size: 11 });
  sheet.title(report.name);
  if (stored.revision === null || stored.createdAt === null) sheet.text(words('live'), { bad: true });
  else {
    const at = formats.instant(stored.createdAt);
    sheet.text(words('revision', { revision: stored.revision, at }), { quiet: true });
  }
  if (!stored.intact) sheet.text(words('tampered'), { bad: true });
  const from = formats.instant(report.startedAt);
  const ran =
    closedAt === null ? words('running', { from }) : words('until', { from, to: formats.instant(closedAt) });
  sheet.gap(4);
  sheet.facts([
    [words('author'), report.author],
    [words('ran'), `${ran} (${words('time-zone', { zone: report.timeZone })})`],
    [words('approved'), approvalText({ words, formats }, approval)],
    [words('readiness'), readinessText({ words, formats }, approval)],
    [words('plan-hash'), report.plan.hash],
  ]);
}

type Telling = Pick<Printing, 'words' | 'formats'>;

function approvalText({ words, formats }: Telling, approval: AfterActionReport['approval']): string {
  if (approval?.decidedAt == null) return words('not-approved');
  const budget = formats.money(approval.budget.amount, approval.budget.currency);
  return words('approved-value', { at: formats.instant(approval.decidedAt), budget });
}

function readinessText({ words, formats }: Telling, approval: AfterActionReport['approval']): string {
  const readiness = approval?.readiness;
  if (!readiness) return words('readiness-none');
  return words('readiness-value', {
    verdict: words(`verdict.${readiness.verdict}`),
    at: formats.instant(readiness.checkedAt),
    hash: readiness.hash.slice(0, 16),
  });
}

function printShort({ sheet, words, formats, report }: Printing): void {
  const { phases, machines, cost, leftovers } = report;
  sheet.heading(words('headline'));
  sheet.text(
    words('in-short', {
      served: phases.filter(({ coveredShare }) => coveredShare === 1).length,
      phases: phases.length,
      created: machines.created,
      planned: machines.planned,
      refused: machines.refused,
      never: machines.neverReady,
      cost: formats.money(cost.bought, cost.currency),
      budget: formats.money(cost.budget, cost.currency),
      leftovers: leftovers.length,
    }),
  );
}

function printCurves({ sheet, words, formats, report }: Printing): void {
  sheet.heading(words('curves'), 200);
  for (const curve of report.curves) {
    drawCurve(sheet, curve, words, formats);
    if (curve.taken === null) sheet.text(words('taken-none'), { quiet: true });
    sheet.gap(6);
  }
}

function printPhases({ sheet, words, formats, report }: Printing): void {
  sheet.heading(words('phases'));
  sheet.table(
    [
      { title: words('phase'), share: 2 },
      { title: words('from'), share: 3.4 },
      { title: words('phase-demand'), share: 1.8, numeric: true },
      { title: words('phase-planned'), share: 1.8, numeric: true },
      { title: words('phase-ready'), share: 1.8, numeric: true },
      { title: words('phase-machines'), share: 1.8, numeric: true },
      { title: words('verdict'), share: 2 },
    ],
    report.phases.map((phase) => {
      const share = formats.number(phase.coveredShare * 100, 1);
      return [
        words(`phase.${phase.name}`),
        formats.instant(phase.startsAt),
        formats.number(phase.demandRps),
        formats.number(phase.plannedCapacityRps),
        formats.number(phase.readyCapacityRps),
        words('of', { value: phase.machinesReady, all: phase.machinesPlanned }),
        phase.coveredShare === 1 ? words('covered') : words('partly', { share }),
      ];
    }),
  );
}

function printReadyTimes({ sheet, words, formats, report }: Printing): void {
  sheet.heading(words('ready-times'));
  const { timeToReady: all, timeToReadyByType } = report;
  if (all === null) {
    sheet.text(words('no-machines'));
    return;
  }
  const times = [...timeToReadyByType, { ...all, machineType: words('all') }];
  sheet.table(
    [
      { title: words('machine-type'), share: 3 },
      { title: words('machines'), share: 1, numeric: true },
      ...(['50 %', '90 %', '95 %', '99 %', words('slowest')] as const).map((title) => ({
        title,
        share: 1,
        numeric: true,
      })),
    ],
    times.map((row) => [
      row.machineType,
      formats.number(row.machines),
      ...[row.p50, row.p90, row.p95, row.p99, row.max].map((seconds) => formats.number(seconds, 1)),
    ]),
  );
}

function printTroubles({ sheet, words, formats, report }: Printing): void {
  sheet.heading(words('failures'));
  if (report.failures.length === 0) sheet.text(words('no-failures'));
  else {
    sheet.table(
      [
        { title: words('cause'), share: 2 },
        { title: words('pool'), share: 4 },
        { title: words('count'), share: 1, numeric: true },
      ],
      report.failures.map(({ code, pool, count }) => {
        const key = knownWord(`failure.${code}`);
        return [key ? words(key) : code, pool, formats.number(count)];
      }),
    );
  }
  sheet.heading(words('fallbacks'));
  if (report.fallbacks.length === 0) sheet.text(words('no-fallbacks'));
  else {
    sheet.table(
      [
        { title: words('service'), share: 2 },
        { title: words('pool'), share: 4 },
        { title: words('machines'), share: 1, numeric: true },
        { title: words('capacity'), share: 1.4, numeric: true },
        { title: words('amount'), share: 2, numeric: true },
      ],
      report.fallbacks.map(({ service, pool, machines, requestsPerSecond, cost }) => [
        service,
        pool,
        formats.number(machines),
        formats.number(requestsPerSecond),
        formats.money(cost.amount, cost.currency),
      ]),
    );
  }
}

function printCost({ sheet, words, formats, report }: Printing): void {
  const { cost } = report;
  const money = (amount: string): string => formats.money(amount, cost.currency);
  sheet.heading(words('cost'));
  sheet.text(words('cost-planned', { planned: money(cost.planned), budget: money(cost.budget) }), {
    quiet: true,
  });
  const row = (name: string, machines: string, bought: string, own: string): readonly string[] => [
    name,
    machines,
    money(bought),
    money(own),
    money(decimal(bought).plus(own).toString()),
  ];
  sheet.table(
    [
      { title: words('cause'), share: 3.4 },
      { title: words('machines'), share: 1, numeric: true },
      { title: words('bought'), share: 1.8, numeric: true },
      { title: words('private'), share: 1.8, numeric: true },
      { title: words('total'), share: 1.8, numeric: true },
    ],
    [
      ...cost.byCause.map(({ cause, machines, bought, private: own }) =>
        row(words(`cost.${cause}`), formats.number(machines), bought, own),
      ),
      row(words('total'), '', cost.bought, cost.private),
    ],
  );
}

function printLeftovers({ sheet, words, formats, report }: Printing): void {
  sheet.heading(words('leftovers'));
  if (report.leftovers.length === 0) {
    sheet.text(words('no-leftovers'));
    return;
  }
  sheet.table(
    [
      { title: words('machine'), share: 2.4 },
      { title: words('pool'), share: 3.4 },
      { title: words('state'), share: 1.2 },
      { title: words('per-hour'), share: 1.4, numeric: true },
    ],
    report.leftovers.map(({ machineId, pool, state, costPerHour }) => [
      machineId,
      pool,
      state,
      costPerHour === null ? '' : formats.rate(costPerHour.amount, costPerHour.currency),
    ]),
  );
}

function grouped(params: WordParams, formats: Formats): WordParams {
  const shown = Object.entries(params).map(([name, value]) => {
    return [name, typeof value === 'number' ? formats.number(value) : value] as const;
  });
  return Object.fromEntries(shown);
}

function printSuggestions({ sheet, words, formats, report }: Printing): void {
  sheet.heading(words('suggestions'), 20);
  if (report.suggestions.length === 0) {
    sheet.text(words('no-suggestions'));
    return;
  }
  sheet.bullets(
    report.suggestions.map(({ code, params, text }) => {
      const key = knownWord(`say.${code}`);
      return key ? words(key, grouped(params, formats)) : text;
    }),
  );
}

function printStory({ language, sheet, words, formats, report }: Printing): void {
  sheet.heading(words('story'), 20);
  if (report.story.length === 0) sheet.text(words('no-story'));
  else
    sheet.bullets(
      report.story.map(({ at, detail, sentences = [] }) => {
        const told = storyText(sentences, { language, timeOf: formats.instant });
        return `${formats.clock(at)}  ${told ?? detail}`;
      }),
    );
}

function printSignatures({ sheet, words, formats, stored }: Printing): void {
  sheet.heading(words('signatures'), 90);
  sheet.facts([['SHA-256', stored.hash]]);
  sheet.table(
    [
      { title: '', share: 2 },
      { title: words('signatures'), share: 6 },
    ],
    REPORT_ROLES.map((role) => {
      const signature = stored.signatures.find((one) => one.role === role);
      if (signature === undefined) return [words(`role.${role}`), words('unsigned')];
      const { by, at, comment, digest, valid } = signature;
      const lines = [
        words('signed-by', { by, at: formats.instant(at) }),
        ...(comment === '' ? [] : [comment]),
        words('digest', { digest: digest.slice(0, 32) }),
        ...(valid ? [] : [words('invalid')]),
      ];
      return [words(`role.${role}`), lines.join('\n')];
    }),
  );
}
