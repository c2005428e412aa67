import {
  CampaignBody,
  CampaignInput,
  reasonSentence,
  routes,
  type ApprovalBody,
  type PlanBody,
  type ReportLanguage,
} from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import { lateStartText, moneyText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Section } from '../output/render.js';
import { billSections } from '../output/bill-sections.js';
import { approvalSections, planSections, reportSections } from '../output/campaign-sections.js';
import { readBody } from '../session/documents.js';
import { campaignId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, required, type CommandLine } from './command-line.js';
import { followRun } from './follow-run.js';

const FILE_FLAG = required('-f, --file <path>', 'YAML or JSON; - for standard input');
const WAIT = {
  options: z.object({ wait: z.boolean().default(false) }),
  flags: [flag('--wait', 'until it has ended')],
};
const NOW = {
  options: z.object({ now: z.boolean().default(false) }),
  flags: [flag('--now', 'read the bills of its accounts now')],
};
const COMMENT = {
  options: z.object({ comment: z.string().optional() }),
  flags: [flag('--comment <text>', 'why')],
};

export function addCampaignCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'campaign', 'peaks: when, what, how much, for how much');
  addDrafting(noun, line);
  addDeciding(noun, line);
  line.verb(
    noun,
    'plan <campaign>',
    'have a plan solved',
    WAIT,
    async ({ session, args: [reference = ''], options }) => {
      const id = await campaignId(session, reference);
      const requested = await session.call(routes.planRequest, { params: { id } });
      session.progress(`Plan ${requested.id}, revision ${requested.revision}, is being solved …`);
      const plan = options.wait ? await solved(session, requested.id) : requested;
      if (!options.wait) session.progress(`Look at it in a moment: springtide plan get ${requested.id}`);
      session.print(plan, () => planSections(plan, session.options.language));
      return plan.status === 'infeasible' || plan.status === 'failed' ? EXIT.error : EXIT.ok;
    },
  );
  line.verb(noun, 'arm <campaign>', 'let the approved plan run when its time comes', WAIT, async (given) => {
    const {
      session,
      args: [reference = ''],
      options,
    } = given;
    const id = await campaignId(session, reference);
    const run = await session.call(routes.runArm, { params: { id } });
    session.progress(`Run ${run.id} is armed. ${run.summary}`);
    if (options.wait) return await followRun(session, run.id);
    session.print(run, () => [
      factsOf([
        ['Run', run.id],
        ['State', run.state],
        ['Now', run.summary],
      ]),
    ]);
    return EXIT.ok;
  });
  line.verb(
    noun,
    'report <campaign>',
    'planned against actual, afterwards',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await campaignId(session, reference);
      const report = await session.call(routes.campaignReport, { params: { id } });
      session.print(report, () => reportSections(report));
      return report.machines.leftover > 0 ? EXIT.leftovers : EXIT.ok;
    },
  );
  line.verb(
    noun,
    'bill-check <campaign>',
    'what the clouds charged for it against what ran',
    NOW,
    async ({ session, args: [reference = ''], options }) => {
      const id = await campaignId(session, reference);
      const route = options.now ? routes.billCheckNow : routes.billCheckGet;
      const check = await session.call(route, { params: { id } });
      session.print(check, () => billSections(check));
      return check.accounts.some(({ state }) => state === 'differs') ? EXIT.error : EXIT.ok;
    },
  );
}

function addDrafting(noun: Command, line: CommandLine): void {
  const { terminal } = line;
  const file = { options: z.object({ file: z.string() }), flags: [FILE_FLAG] };
  line.verb(
    noun,
    'create',
    'put a campaign on the calendar, as a draft',
    file,
    async ({ session, options }) => {
      const body = await readBody(terminal, options.file, CampaignInput, CampaignBody);
      const campaign = await session.call(routes.campaignCreate, { body });
      session.print(campaign, () => campaignSections(campaign));
    },
  );
  line.verb(noun, 'list', 'campaigns, newest first', {}, async ({ session }) => {
    const all = await session.all((cursor) =>
      session.call(routes.campaignList, { query: { limit: 200, cursor } }),
    );
    session.print(all, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['status', (row) => row.status],
          ['begins', (row) => timeText(row.phases[0]?.startsAt ?? null)],
          ['ends', (row) => timeText(row.phases.at(-1)?.endsAt ?? null)],
          ['budget', (row) => moneyText(row.budget)],
          ['id', (row) => row.id],
        ],
        all,
      ),
    ]);
  });
  line.verb(
    noun,
    'get <campaign>',
    'one campaign, by name or id',
    {},
    async ({ session, args: [reference = ''] }) => {
      const campaign = await read(session, reference);
      session.print(campaign, () => campaignSections(campaign));
    },
  );
  line.verb(noun, 'update <campaign>', 'replace a draft by what a file says', file, async (given) => {
    const {
      session,
      args: [reference = ''],
      options,
    } = given;
    const body = await readBody(terminal, options.file, CampaignInput, CampaignBody);
    const before = await read(session, reference);
    const parts = { params: { id: before.id }, body, ifMatch: before.version };
    const campaign = await session.call(routes.campaignUpdate, parts);
    session.print(campaign, () => campaignSections(campaign));
  });
  line.verb(
    noun,
    'cancel <campaign>',
    'cancel one that does not run yet',
    {},
    async ({ session, args: [reference = ''] }) => {
      const before = await read(session, reference);
      const parts = { params: { id: before.id }, ifMatch: before.version };
      const campaign = await session.call(routes.campaignCancel, parts);
      session.print(campaign, () => campaignSections(campaign));
    },
  );
}

function addDeciding(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'submit <campaign>',
    'ask for approval of its newest plan',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await campaignId(session, reference);
      const { items } = await session.call(routes.planList, { params: { id } });
      const plan = items[0];
      if (!plan)
        throw new CliFailure(
          'There is no plan yet.',
          EXIT.conflict,
          `Run: springtide campaign plan ${reference} --wait`,
        );
      const approval = await session.call(routes.approvalRequest, { params: { id: plan.id } });
      if (plan.status === 'infeasible') session.progress(shortageOf(plan, session.options.language));
      session.print(approval, () => approvalSections(approval));
    },
  );
  for (const decision of ['approve', 'reject'] as const) {
    const what = `${decision} the plan of which approval was asked`;
    line.verb(
      noun,
      `${decision} <campaign>`,
      what,
      COMMENT,
      async ({ session, args: [reference = ''], options }) => {
        const pending = await pendingApproval(session, await campaignId(session, reference));
        const body = { decision, ...(options.comment === undefined ? {} : { comment: options.comment }) };
        const approval = await session.call(routes.approvalDecide, { params: { id: pending.id }, body });
        session.print(approval, () => approvalSections(approval));
      },
    );
  }
  line.verb(noun, 'approvals', 'what waits for a decision, and what was decided', {}, async ({ session }) => {
    const all = await session.all(
      (cursor) => session.call(routes.approvalList, { query: { limit: 200, cursor } }),
      500,
    );
    session.print(all, () => [
      tableOf(
        [
          ['status', (row) => row.status],
          ['campaign', (row) => row.campaignId],
          ['budget', (row) => moneyText(row.envelope.budget)],
          ['machines', (row) => row.envelope.maxMachines],
          ['expires', (row) => timeText(row.expiresAt)],
          ['asked by', (row) => row.requestedBy],
          ['decided by', (row) => row.decidedBy ?? '-'],
        ],
        all,
      ),
    ]);
  });
}

async function read(session: Session, reference: string): Promise<CampaignBody> {
  const id = await campaignId(session, reference);
  return await session.call(routes.campaignGet, { params: { id } });
}

async function solved(session: Session, planId: string) {
  return await session.waitFor(
    'The planner',
    () => session.call(routes.planGet, { params: { id: planId } }),
    (plan) => plan.status !== 'solving',
  );
}

async function pendingApproval(session: Session, id: string): Promise<ApprovalBody> {
  const waiting = await session.all((cursor) =>
    session.call(routes.approvalList, { query: { status: 'requested', limit: 200, cursor } }),
  );
  const found = waiting.find((approval) => approval.campaignId === id);
  if (found) return found;
  throw new CliFailure(
    'No plan of this campaign waits for a decision.',
    EXIT.conflict,
    'Ask for approval first: springtide campaign submit <campaign>',
  );
}

function campaignSections(campaign: CampaignBody): Section[] {
  return [
    factsOf([
      ['Name', campaign.name],
      ['Id', campaign.id],
      ['Status', campaign.status],
      ['Author', campaign.author.name],
      ['Budget', moneyText(campaign.budget)],
      ['Time zone', campaign.timeZone],
      ['Policy', campaign.policy],
      ['Late phases', lateStartText(campaign.lateStart)],
      ['Plan', campaign.currentPlanId],
      ['Run', campaign.currentRunId],
      ['Version', campaign.version],
    ]),
    tableOf(
      [
        ['phase', (row) => row.name],
        ['from', (row) => timeText(row.startsAt)],
        ['to', (row) => timeText(row.endsAt)],
        ['demand', (row) => demandText(campaign, row.name)],
      ],
      campaign.phases,
    ),
  ];
}

function demandText(campaign: CampaignBody, phase: string): string {
  return campaign.demand
    .filter((demand) => demand.phase === phase)
    .map((demand) => `${demand.service} ${demand.requestsPerSecond}/s`)
    .join(', ');
}

/** What whoever asks for approval of a plan that falls short should read once more. */
function shortageOf({ reasons }: PlanBody, language: ReportLanguage): string {
  const [short] = reasons.filter(({ code }) => code === 'in-short-missing');
  const told =
    short === undefined ? 'This plan does not carry all demand.' : reasonSentence(short, { language });
  return `Approval was asked for all the same. ${told}`;
}
