import { ApiProblem, routes, type RunBody } from '@springtide/contracts';
import { timelineLine } from '../output/campaign-sections.js';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { plainText } from '../output/plain-text.js';
import { toldText } from '../output/told-text.js';
import type { Session } from '../session/session.js';

/** A server that restarts is waited for this long. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 1_000;

/**
 * Prints the run's story as it is written until the run has closed. Lines go to standard output, what happens right now
 * to standard error. An interrupted server is waited for; no line is lost or printed twice.
 * @returns 7 when machines are left over, 1 when the run is stuck.
 */
export async function followRun(session: Session, id: string): Promise<ExitCode> {
  const { terminal, options } = session;
  const { language } = options;
  let after = 0;
  let shown = '';
  let answeredAt = terminal.now().getTime();
  for (;;) {
    try {
      const run = await session.call(routes.runGet, { params: { id } });
      const { items } = await session.call(routes.runTimeline, {
        params: { id },
        query: { after, limit: 200 },
      });
      answeredAt = terminal.now().getTime();
      for (const entry of items) {
        terminal.out(
          `${options.output === 'table' ? plainText(timelineLine(entry, language)) : JSON.stringify(entry)}\n`,
        );
      }
      after = items.at(-1)?.id ?? after;
      if (run.summary !== shown) {
        const summary = toldText(run.summarySentences, run.summary, language);
        session.progress(plainText(`${run.state}: ${summary}`));
      }
      shown = run.summary;
      const ended = run.state === 'closed' || run.state === 'stuck';
      if (ended && items.length === 0) return outcomeOf(session, run);
      if (items.length > 0) continue;
    } catch (thrown) {
      const away = terminal.now().getTime() - answeredAt;
      if (!(thrown instanceof ApiProblem) || thrown.code !== 'unavailable' || away > PATIENCE_MS)
        throw thrown;
      session.progress('The server does not answer; the run goes on without it. Waiting …');
    }
    await terminal.sleep(PAUSE_MS);
  }
}

function outcomeOf(session: Session, run: RunBody): ExitCode {
  if (run.leftovers.length > 0) {
    session.progress(
      `${run.leftovers.length} machines are left over and cost money: springtide run get ${run.id}`,
    );
    return EXIT.leftovers;
  }
  if (run.state === 'closed') return EXIT.ok;
  const { summarySentences, summary } = run;
  const told = toldText(summarySentences, summary, session.options.language);
  session.progress(`The run is stuck: ${plainText(told)}`);
  return EXIT.error;
}
