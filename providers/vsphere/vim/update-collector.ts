import type { Instant } from '@springtide/kernel';
import { readReference, type MoRef } from '../soap/soap-connection.js';
import { childOf, childrenOf, textOf, type XmlElement } from '../soap/xml-reader.js';
import { element } from '../soap/xml-writer.js';
import {
  createView,
  destroyView,
  filterSpec,
  readProperties,
  type ObjectContent,
  type PropertyWish,
} from './property-collector.js';
import type { VimSession } from './vim-session.js';

/** `leave`: the object is no longer below the container. */
export type ObjectUpdate = Readonly<{ kind: 'enter' | 'modify' | 'leave'; content: ObjectContent }>;

/** `truncated`: there is more of it to be had at once, before anything new. */
export type UpdateSet = Readonly<{ updates: readonly ObjectUpdate[]; version: string; truncated: boolean }>;

/** The version that everything is newer than. */
export const BEFORE_ALL = '';

/**
 * A property collector of its own that follows everything of the wished types below a container. It lives in the
 * vSphere session: with that it is gone, and calls end in ManagedObjectNotFound.
 */
export class UpdateCollector {
  readonly #session: VimSession;
  readonly #collector: MoRef;
  readonly #view: MoRef;

  private constructor(session: VimSession, collector: MoRef, view: MoRef) {
    this.#session = session;
    this.#collector = collector;
    this.#view = view;
  }

  static async open(
    session: VimSession,
    container: MoRef,
    wish: PropertyWish,
    deadline: Instant,
  ): Promise<UpdateCollector> {
    const { propertyCollector } = await session.content(deadline);
    const view = await createView(session, container, Object.keys(wish), deadline);
    const made = await session.call({
      method: 'CreatePropertyCollector',
      target: propertyCollector,
      kind: 'read',
      deadline,
    });
    const collector = readReference(childOf(made, 'returnval')) ?? { type: 'PropertyCollector', id: '' };
    const opened = new UpdateCollector(session, collector, view);
    try {
      await session.call({
        method: 'CreateFilter',
        target: collector,
        arguments: [filterSpec('spec', view, wish), element('partialUpdates', false)],
        kind: 'read',
        deadline,
      });
    } catch (thrown) {
      await opened.destroy(deadline);
      throw thrown;
    }
    return opened;
  }

  /** What is newer than the version; undefined when nothing was in that time. Zero seconds: looks and does not wait. */
  async next(version: string, maxWaitSeconds: number, deadline: Instant): Promise<UpdateSet | undefined> {
    const answer = await this.#session.call({
      method: 'WaitForUpdatesEx',
      target: this.#collector,
      arguments: [element('version', version), element('options', element('maxWaitSeconds', maxWaitSeconds))],
      kind: 'read',
      deadline,
    });
    const set = childOf(answer, 'returnval');
    if (set === undefined) return undefined;
    return {
      updates: childrenOf(set, 'filterSet')
        .flatMap((filter) => childrenOf(filter, 'objectSet'))
        .flatMap(readUpdate),
      version: textOf(set, 'version') ?? version,
      truncated: textOf(set, 'truncated') === 'true',
    };
  }

  /** Ends a call that waits, with RequestCanceled. */
  async cancelWait(deadline: Instant): Promise<void> {
    await this.#end('CancelWaitForUpdates', this.#collector, deadline);
  }

  async destroy(deadline: Instant): Promise<void> {
    await this.#end('DestroyPropertyCollector', this.#collector, deadline);
    await destroyView(this.#session, this.#view, deadline);
  }

  /** What cannot be ended now ends with the session. */
  async #end(method: string, target: MoRef, deadline: Instant): Promise<void> {
    await this.#session.call({ method, target, kind: 'read', deadline }).catch(() => undefined);
  }
}

function readUpdate(update: XmlElement): ObjectUpdate[] {
  const object = readReference(childOf(update, 'obj'));
  const kind = textOf(update, 'kind');
  if (object === undefined || (kind !== 'enter' && kind !== 'modify' && kind !== 'leave')) return [];
  return [{ kind, content: { object, properties: readProperties(childrenOf(update, 'changeSet')) } }];
}
