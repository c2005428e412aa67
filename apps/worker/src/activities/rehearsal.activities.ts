import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { RehearsalService } from '@springtide/campaigns';
import type { RehearsalQuestion } from '@springtide/campaigns/domain';
import { RehearsalResult, type RehearsalActivities } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import { jobContext } from '@springtide/platform';
import { Context } from '@temporalio/activity';
import { alive } from './liveness.js';

export function rehearsalActivities(rehearsals: RehearsalService): RehearsalActivities {
  const job = (tenantId: string, id: string) => jobContext('rehearsal', tenantId, `rehearsal/${id}`);
  return {
    rehearse: async ({ tenantId, rehearsalId }) => {
      await alive(async () => {
        const ctx = job(tenantId, rehearsalId);
        const question = await rehearsals.question(ctx, rehearsalId);
        await rehearsals.finish(ctx, rehearsalId, await inProcessOfItsOwn(question));
      });
    },
    failRehearsal: async ({ tenantId, rehearsalId, reason }) => {
      await rehearsals.fail(job(tenantId, rehearsalId), rehearsalId, reason);
    },
  };
}

/** A rehearsal thinks for minutes, and its clock must not be anybody else's. It gets no secret of this process. */
async function inProcessOfItsOwn(question: RehearsalQuestion): Promise<RehearsalResult> {
  const program = [...process.execArgv, entry(), 'rehearse'];
  const { PATH, HOME, TMPDIR, XDG_CACHE_HOME } = process.env;
  const env = { PATH, HOME, TMPDIR, XDG_CACHE_HOME };
  // Nobody would read its answer once the activity was cancelled or the worker stops.
  const signal = Context.current().cancellationSignal;
  const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'pipe'], env, signal });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.end(JSON.stringify(question));
  const [answer, problem, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return RehearsalResult.parse(JSON.parse(answer));
  throw new SpringtideError('internal', problem.trim().slice(0, 1_000) || `the rehearsal ended with ${code}`);
}

/** The worker's own program: beside this folder, built or as source. */
function entry(): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../main.${ending}`, import.meta.url));
}
