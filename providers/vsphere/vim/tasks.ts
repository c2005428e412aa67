import { parseInstant, SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import { meaningOf } from '../error-map.js';
import { readReference, type MoRef, type SoapCall } from '../soap/soap-connection.js';
import { readTaskFault } from '../soap/vim-fault.js';
import { childOf, childrenOf, textOf, type XmlElement } from '../soap/xml-reader.js';
import { propertyText, readObjects } from './property-collector.js';
import type { VimSession } from './vim-session.js';

const FIRST_POLL_MS = 40;
const SLOWEST_POLL_MS = 1_000;

/** Work that vSphere goes on with after its call was answered, and after its caller died. */
export class TaskRunner {
  readonly #session: VimSession;
  readonly #clock: Clock;

  constructor(session: VimSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /**
   * Starts a task and waits for its end.
   * @returns the task's result, where it has one.
   * @throws what the table says of the task's fault; timeout with `effect: maybe` when the task still runs.
   */
  async run(call: Omit<SoapCall, 'kind'>): Promise<MoRef | undefined> {
    const answer = await this.#session.call({ ...call, kind: 'change' });
    const task = readReference(childOf(answer, 'returnval'));
    if (task === undefined)
      throw new SpringtideError('unknown', `${call.method} was answered without a task`);
    return this.#outcome(call, await this.#ended(task, call.method, call.deadline));
  }

  /**
   * Waits until every clone that runs now has ended, whoever started it. A listing taken afterwards shows all that
   * was asked for before; what is being cloned shows in no listing.
   * @throws timeout with `effect: none` when one still runs at the deadline.
   */
  async settleClones(deadline: Instant): Promise<void> {
    const { taskManager } = await this.#session.content(deadline);
    const [manager] = await readObjects(
      this.#session,
      [taskManager],
      { TaskManager: ['recentTask'] },
      deadline,
    );
    let pending = childrenOf(manager?.properties.get('recentTask'), 'ManagedObjectReference').flatMap(
      (item) => readReference(item) ?? [],
    );
    for (let turn = 0; ; turn += 1) {
      pending = await this.#unfinishedClones(pending, deadline);
      if (pending.length === 0) return;
      await this.#pause(turn, deadline, () => {
        throw new SpringtideError(
          'timeout',
          `${pending.length} clone tasks still run in vSphere; what they make cannot be listed yet`,
          { effect: 'none' },
        );
      });
    }
  }

  async #unfinishedClones(tasks: readonly MoRef[], deadline: Instant): Promise<MoRef[]> {
    const wish = { Task: ['info.state', 'info.descriptionId'] };
    const seen = await readObjects(this.#session, tasks, wish, deadline);
    return seen
      .filter((task) => /clone/i.test(propertyText(task, 'info.descriptionId') ?? ''))
      .filter((task) => ['queued', 'running'].includes(propertyText(task, 'info.state') ?? ''))
      .map((task) => task.object);
  }

  async #ended(task: MoRef, method: string, deadline: Instant): Promise<XmlElement> {
    for (let turn = 0; ; turn += 1) {
      const info = await this.#info(task, method, deadline);
      if (['success', 'error'].includes(textOf(info, 'state') ?? '')) return info;
      await this.#pause(turn, deadline, () => {
        throw new SpringtideError('timeout', `the task of ${method} still runs in vSphere at the deadline`);
      });
    }
  }

  /** The task exists whatever happens to this read, so a lost answer leaves its effect open. */
  async #info(task: MoRef, method: string, deadline: Instant): Promise<XmlElement> {
    try {
      const [content] = await readObjects(this.#session, [task], { Task: ['info'] }, deadline);
      const info = content?.properties.get('info');
      if (info !== undefined) return info;
    } catch (cause) {
      const code = cause instanceof SpringtideError ? cause.code : 'unknown';
      throw new SpringtideError(code, `the task of ${method} was started and then lost from sight`, {
        effect: 'maybe',
        retry: 'same',
        cause,
      });
    }
    throw new SpringtideError('unknown', `vSphere no longer knows the task of ${method}`);
  }

  #outcome(call: Omit<SoapCall, 'kind'>, info: XmlElement): MoRef | undefined {
    const error = childOf(info, 'error');
    if (textOf(info, 'state') === 'success' || error === undefined) {
      return readReference(childOf(info, 'result'));
    }
    throw meaningOf(readTaskFault(error), call.method);
  }

  async #pause(turn: number, deadline: Instant, late: () => never): Promise<void> {
    const leftMs = parseInstant(deadline).getTime() - this.#clock.now().getTime();
    if (leftMs <= 0) late();
    const waitMs = Math.min(SLOWEST_POLL_MS, FIRST_POLL_MS * 1.5 ** Math.min(turn, 10));
    await this.#clock.sleep(Math.min(waitMs, leftMs));
  }
}
