import {
  RUN_CHANGED,
  runWorkflowId,
  scaleBackWorkflowId,
  sentence,
  type RunCommand,
  type Sentence,
} from '@springtide/contracts';
import { effectTransaction } from '@springtide/effects';
import { extendReservation, type Mandate } from '@springtide/effects/domain';
import { recordAudit, requirePermission, requireUser } from '@springtide/identity';
import { MINUTE, SpringtideError, addMs, compareMoney, type Instant } from '@springtide/kernel';
import { postToOutbox, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { RunEntity } from './data/campaign.entity.js';
import { rebaseSurge } from './data/demand-reading.repository.js';
import { findWayBack, saveWayBack } from './data/way-back.repository.js';
import {
  newWayBack,
  outsideApproval,
  refusalOf,
  retarget,
  routeRefusal,
  targetCapacity,
  withHold,
  withoutHold,
  withoutWaiting,
  type WayBack,
} from './domain/index.js';
import { lockRoutes, otherHolders } from './route-holders.js';
import { lockRun, openIn } from './run-book.js';
import { note, summaryOf } from './run-timeline.js';

/** The transaction of one command, who gives it, and when. */
type Given = Readonly<{ tx: EntityManager; ctx: RequestContext; at: Instant }>;

type Command<C extends RunCommand['command']> = Extract<RunCommand, { command: C }>;

const SHOWN = [
  ...[
    'command',
    'minutes',
    'service',
    'phase',
    'requestsPerSecond',
    'byRequestsPerSecond',
    'amount',
    'currency',
  ],
  ...['machines', 'at', 'reason'],
];

/**
 * One command of a person: checked against where the run really is, changed in truth, told, audited, and the workflows are
 * told to read afresh, all in one transaction.
 * @throws failed-precondition where it does not fit; conflict when the run is not what the caller has seen.
 */
export async function giveCommand(
  given: Given,
  runId: string,
  command: RunCommand,
  version: number | undefined,
): Promise<void> {
  const { tx, ctx, at } = given;
  const run = await lockRun(tx, runId);
  // A stop is the same whatever else happened; everything else was thought of for a run as it was seen.
  if (version !== undefined && version !== run.revision && command.command !== 'abort') {
    throw new SpringtideError(
      'conflict',
      `somebody or something changed this run meanwhile (it is at ${run.revision}, you saw ${version}); "${command.command}" changed nothing`,
      { nextStep: 'Look at the run again and decide anew.' },
    );
  }
  const refusal = refusalOf(command.command, run);
  if (refusal !== undefined) {
    throw new SpringtideError('failed-precondition', refusal.message, { nextStep: refusal.nextStep });
  }
  if (command.command === 'abort' && (isOnTheWayBack(run) || run.control === 'abort')) return;
  const told = await apply(given, run, command);
  // Who stopped it must not read for seconds yet what is being bought.
  if (command.command === 'abort') Object.assign(run, summaryOf(told));
  run.revision += 1;
  await tx.save(RunEntity, run);
  const entry = { step: `command.${command.command}`, sentences: [told], once: `command/${run.revision}` };
  await note(tx, ctx, runId, entry, at);
  await recordAudit(tx, ctx, {
    action: `run.${command.command}`,
    target: { kind: 'run', id: runId },
    after: command,
    show: SHOWN,
    at,
  });
  const workflowId = isOnTheWayBack(run) ? scaleBackWorkflowId(runId) : runWorkflowId(runId);
  await postToOutbox(tx, ctx.tenantId, { kind: 'signal', workflowId, signal: RUN_CHANGED });
}

export function isOnTheWayBack({ closedAt, state }: RunEntity): boolean {
  return closedAt !== null || state === 'scaling-back' || state === 'verifying' || state === 'stuck';
}

/** Changes the locked run, and what belongs to it. @returns the story line. */
async function apply(given: Given, run: RunEntity, command: RunCommand): Promise<Sentence> {
  const who = given.ctx.actor.name;
  switch (command.command) {
    case 'pause':
      run.control = 'pause';
      return sentence('command.pause', {});
    case 'resume':
      run.control = 'run';
      return sentence('command.resume', {});
    case 'abort':
      run.control = 'abort';
      run.safeHold = null;
      return command.reason === ''
        ? sentence('command.abort', { who })
        : sentence('command.abort-because', { who, reason: command.reason });
    case 'extend':
      return await extend(given, run, command.minutes);
    case 'raise-budget':
      return await raiseBudget(given, run, command.budget);
    case 'raise-limits':
      return await raiseLimits(given, run, command);
    case 'change-target':
      return await retargeted(given, run, command);
    case 'grow':
    case 'shrink':
      return await growOrShrink(given, run, command);
    case 'hold':
      return await hold(given, run, command);
    case 'go-on':
      return await goOn(given, run, command);
    case 'skip-waiting':
      await changeWayBack(given, run, (wayBack) => withoutWaiting(wayBack, command.at));
      return sentence('command.skip-waiting', { who, at: command.at });
  }
}

async function growOrShrink(
  given: Given,
  run: RunEntity,
  command: Command<'grow' | 'shrink'>,
): Promise<Sentence> {
  const { plan } = await openIn(given.tx, run.id);
  const { service, phase, byRequestsPerSecond } = command;
  const now = targetCapacity(run.targets, plan, { service, phase });
  const by = command.command === 'grow' ? byRequestsPerSecond : -byRequestsPerSecond;
  return await retargeted(given, run, { service, phase, requestsPerSecond: Math.max(0, now + by) });
}

/** New targets inside what was approved. @throws failed-precondition where that takes another approval. */
async function retargeted(
  { tx, ctx, at }: Given,
  run: RunEntity,
  wanted: Pick<Command<'change-target'>, 'service' | 'phase' | 'requestsPerSecond'>,
): Promise<Sentence> {
  const { plan, campaign } = await openIn(tx, run.id);
  const { service, phase, requestsPerSecond } = wanted;
  if (campaign.input.follows === 'strategies') {
    throw new SpringtideError(
      'failed-precondition',
      `this run follows the scaling strategies of ${service}; a target set here would not last a minute, and was not changed`,
      { nextStep: `Set machines by hand in them: springtide scaling set ${service} --file <path>` },
    );
  }
  if (!plan.services.some((one) => one.name === service) || !run.phases.some((one) => one.name === phase)) {
    const known = `services: ${plan.services.map((one) => one.name).join(', ')}; phases: ${run.phases.map((one) => one.name).join(', ')}`;
    throw new SpringtideError(
      'invalid-argument',
      `this run has no ${service} in ${phase}; the target was not changed (${known})`,
    );
  }
  const changed = retarget(run.targets, plan, wanted);
  if (changed.uncovered > 0) {
    throw new SpringtideError(
      'failed-precondition',
      `${Math.ceil(changed.uncovered)} requests/s of ${service} cannot be covered on the approved pools; the target was not changed`,
      { nextStep: 'Choose a lower target, or plan and approve a wider campaign.' },
    );
  }
  const mandate = await effectTransaction(tx, ctx.tenantId).findMandateOfRun(run.id);
  const change = { from: run.targets, to: changed.targets };
  const breach = mandate === undefined ? undefined : outsideApproval(mandate, plan, run.phases, change, at);
  if (breach !== undefined) {
    throw new SpringtideError(
      'failed-precondition',
      `outside what was approved: ${breach}; the target was not changed`,
      {
        nextStep: 'An approver may raise the budget or the limits of this run first.',
      },
    );
  }
  run.targets = changed.targets;
  await rebaseSurge(tx, run.id, service, run.targets);
  return sentence('command.change-target', { service, phase, requestsPerSecond });
}

async function extend(given: Given, run: RunEntity, minutes: number): Promise<Sentence> {
  const { tx, ctx } = given;
  const last = run.phases.at(-1);
  if (last === undefined) throw new SpringtideError('internal', 'this run has no phases');
  const endsAt = addMs(last.endsAt, minutes * MINUTE);
  const phases = [...run.phases.slice(0, -1), { ...last, endsAt }];
  await requireRoutesUntil(given, run, phases);
  await changeMandate(tx, ctx, run.id, (mandate) => {
    const extended = extendReservation(mandate, minutes / 60);
    if (!extended.ok) {
      throw new SpringtideError('failed-precondition', `${extended.error.message}; the end was not moved`, {
        nextStep: 'Raise the budget first.',
        facts: extended.error.facts,
      });
    }
    return { ...extended.value, validUntil: addMs(mandate.validUntil, minutes * MINUTE) };
  });
  run.phases = phases;
  if (run.safeHold !== null) {
    run.safeHold = { ...run.safeHold, until: addMs(run.safeHold.until, minutes * MINUTE) };
  }
  return sentence('command.extend', { minutes, endsAt });
}

/** @throws failed-precondition where a campaign that is armed needs the entrance before this one would be gone. */
async function requireRoutesUntil(
  { tx, ctx, at }: Given,
  run: RunEntity,
  phases: RunEntity['phases'],
): Promise<void> {
  const { plan, campaign, policy } = await openIn(tx, run.id);
  // A scaling group gives way by itself, to whatever comes.
  if (campaign.input.follows === 'strategies') return;
  await lockRoutes(tx, ctx.tenantId);
  const routes = plan.services.map(({ route }) => route);
  const others = (await otherHolders(tx, campaign.id, routes)).filter(({ follows }) => !follows);
  const own = { name: campaign.name, follows: false, phases, leadMs: plan.leadMs };
  const refusal = routeRefusal(own, others, policy.yieldMs, at);
  if (refusal === undefined) return;
  throw new SpringtideError('failed-precondition', `the end was not moved: ${refusal}`, {
    nextStep: 'Extend by less, or move the other campaign first.',
  });
}

/** More money is outside what was approved: it takes someone who may approve, and not the author. */
async function raiseBudget(
  given: Given,
  run: RunEntity,
  budget: Readonly<{ currency: string; amount: string }>,
): Promise<Sentence> {
  await requireApprover(given, run, 'budget');
  await changeMandate(given.tx, given.ctx, run.id, (mandate) => {
    if (compareMoney(budget, mandate.budget) < 0) {
      throw new SpringtideError(
        'invalid-argument',
        `the budget is ${mandate.budget.amount} already; it can only be raised`,
      );
    }
    return { ...mandate, budget };
  });
  return sentence('command.raise-budget', { ...budget, who: given.ctx.actor.name });
}

async function raiseLimits(
  given: Given,
  run: RunEntity,
  command: Command<'raise-limits'>,
): Promise<Sentence> {
  await requireApprover(given, run, 'limits');
  const { machines, perHour } = command;
  await changeMandate(given.tx, given.ctx, run.id, (mandate) => {
    if (machines < mandate.maxMachines || compareMoney(perHour, mandate.maxPerHour) < 0) {
      throw new SpringtideError(
        'invalid-argument',
        `${mandate.maxMachines} machines and ${mandate.maxPerHour.amount} ${mandate.maxPerHour.currency} an hour are allowed already; limits can only be raised`,
      );
    }
    return { ...mandate, maxMachines: machines, maxPerHour: perHour };
  });
  const { amount, currency } = perHour;
  const who = given.ctx.actor.name;
  return sentence('command.raise-limits', { machines, perHour: amount, currency, who });
}

async function requireApprover({ tx, ctx }: Given, run: RunEntity, what: string): Promise<void> {
  requirePermission(ctx, 'campaign:approve');
  const { campaign } = await openIn(tx, run.id);
  if (requireUser(ctx).id !== campaign.authorId) return;
  throw new SpringtideError(
    'permission-denied',
    `the author of a campaign cannot raise its ${what}; nothing was changed`,
    { nextStep: 'Ask another approver.' },
  );
}

/** A hold keeps machines that cost money: it has an end, at the latest that of what was approved. */
async function hold(given: Given, run: RunEntity, command: Command<'hold'>): Promise<Sentence> {
  const { tx, ctx, at } = given;
  const mandate = await effectTransaction(tx, ctx.tenantId).findMandateOfRun(run.id);
  const asked = addMs(at, command.minutes * MINUTE);
  const until = mandate !== undefined && mandate.validUntil < asked ? mandate.validUntil : asked;
  if (until <= at) {
    throw new SpringtideError(
      'failed-precondition',
      `what was approved ended at ${until}; nothing is held any more`,
      {
        nextStep: 'Extend the run while it runs, or let it come back.',
      },
    );
  }
  const asHold = { by: ctx.actor.name, reason: command.reason, until };
  await changeWayBack(given, run, (wayBack) => withHold(wayBack, command.at, asHold));
  const facts = { who: ctx.actor.name, at: command.at, until };
  return command.reason === ''
    ? sentence('command.hold', facts)
    : sentence('command.hold-because', { ...facts, reason: command.reason });
}

async function goOn(given: Given, run: RunEntity, command: Command<'go-on'>): Promise<Sentence> {
  const who = given.ctx.actor.name;
  if (run.control === 'hold') {
    run.control = run.safeHold?.was ?? 'run';
    run.safeHold = null;
    return sentence('command.go-on-safe', { who });
  }
  await changeWayBack(given, run, (wayBack) => withoutHold(wayBack, command.at ?? null));
  return command.at === undefined
    ? sentence('command.go-on', { who })
    : sentence('command.go-on-at', { who, at: command.at });
}

async function changeWayBack(
  { tx, ctx }: Given,
  run: RunEntity,
  change: (wayBack: WayBack) => WayBack,
): Promise<void> {
  const kept = (await findWayBack(tx, run.id, 'for update')) ?? {
    progress: newWayBack('', false),
    obstacles: [],
    found: [],
  };
  await saveWayBack(tx, ctx.tenantId, run.id, { ...kept, progress: change(kept.progress) });
}

async function changeMandate(
  tx: EntityManager,
  ctx: RequestContext,
  runId: string,
  change: (mandate: Mandate) => Mandate,
): Promise<void> {
  const books = effectTransaction(tx, ctx.tenantId);
  const found = await books.findMandateOfRun(runId);
  const locked = found === undefined ? undefined : await books.lockMandate(found.id);
  if (locked === undefined) throw new SpringtideError('internal', `run ${runId} has no mandate`);
  await books.saveMandate(change(locked));
}
