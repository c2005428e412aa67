import {
  asSpringtideError,
  parseInstant,
  SpringtideError,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import { z } from 'zod';
import { boundedMap } from '../bounded-map.js';
import type { RestConnection } from '../rest/rest-connection.js';
import {
  filesSchema,
  itemSchema,
  librarySchema,
  toLibraryItem,
  type Library,
  type LibraryItem,
} from './library-item.js';

const CONTENT = '/com/vmware/content';
const AT_ONCE = 5;
const POLL_MS = 500;

const idsSchema = z
  .array(z.string())
  .nullish()
  .transform((ids) => ids ?? []);

type Patience = Readonly<{ deadline: Instant; more?: (calls?: number) => Promise<void> }>;

/** The vCenter's content libraries: what machines can be made from, wherever it is kept. */
export class ContentLibraries {
  readonly #rest: RestConnection;
  readonly #clock: Clock;

  constructor(rest: RestConnection, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  async items(patience: Patience): Promise<readonly LibraryItem[]> {
    const libraries = await this.#get(`${CONTENT}/library`, idsSchema, patience);
    const found = await boundedMap(libraries, AT_ONCE, async (id) => this.#itemsOf(id, patience));
    return found.flat();
  }

  /**
   * By its id, by `library/name`, or by a name that is unique.
   * @throws invalid-argument when several are called so.
   */
  async find(image: string, deadline: Instant): Promise<LibraryItem | undefined> {
    const items = await this.items({ deadline });
    const called = items.filter(({ id, name, library }) => [id, name, `${library}/${name}`].includes(image));
    if (called.length <= 1) return called[0];
    const names = called.map(({ library, name }) => `${library}/${name}`).join(', ');
    throw new SpringtideError(
      'invalid-argument',
      `several library items are called "${image}" (${names}); nothing was created`,
      { nextStep: 'Name the library too, as library/item, or the item by its id.' },
    );
  }

  /**
   * Fetches what the publisher has now, content included.
   * @throws not-found when the publisher no longer has it; timeout while the content is still on its way.
   */
  async sync(item: LibraryItem, deadline: Instant): Promise<LibraryItem> {
    const path = `${CONTENT}/library/subscribed-item/id:${item.id}?~action=sync`;
    await this.#rest.call({ method: 'POST', path, body: { force_sync_content: true }, deadline });
    for (;;) {
      const now = await this.#read(item, { deadline });
      // vCenter answers at once and fetches afterwards; until then it tells the old content.
      if (now.cached && now.syncedAt !== undefined && now.syncedAt > (item.syncedAt ?? '')) return now;
      const leftMs = parseInstant(deadline).getTime() - this.#clock.now().getTime();
      if (leftMs <= POLL_MS) throw stillComing(item);
      await this.#clock.sleep(POLL_MS);
    }
  }

  async #read(item: LibraryItem, patience: Patience): Promise<LibraryItem> {
    const library = { id: '', name: item.library, type: item.subscribed ? 'SUBSCRIBED' : 'LOCAL' };
    const found = await this.#item(library, item.id, patience);
    if (found !== undefined) return found;
    throw new SpringtideError(
      'not-found',
      `${item.library}/${item.name} is no longer a template; nothing was created`,
    );
  }

  async #itemsOf(id: string, patience: Patience): Promise<readonly LibraryItem[]> {
    const library = await this.#get(`${CONTENT}/library/id:${id}`, librarySchema, patience);
    const ids = await this.#get(`${CONTENT}/library/item?library_id=${id}`, idsSchema, patience);
    const items = await boundedMap(ids, AT_ONCE, async (each) => this.#itemIfThere(library, each, patience));
    return items.flatMap((item) => item ?? []);
  }

  /** Between two questions a person may remove an item. */
  async #itemIfThere(library: Library, id: string, patience: Patience): Promise<LibraryItem | undefined> {
    try {
      return await this.#item(library, id, patience);
    } catch (thrown) {
      if (asSpringtideError(thrown).code === 'not-found') return undefined;
      throw thrown;
    }
  }

  async #item(library: Library, id: string, patience: Patience): Promise<LibraryItem | undefined> {
    const item = await this.#get(`${CONTENT}/library/item/id:${id}`, itemSchema, patience);
    const path = `${CONTENT}/library/item/file?library_item_id=${id}`;
    return toLibraryItem(library, item, await this.#get(path, filesSchema, patience));
  }

  async #get<T>(path: string, schema: z.ZodType<T>, { deadline, more }: Patience): Promise<T> {
    await more?.();
    const answer = schema.safeParse(await this.#rest.call({ method: 'GET', path, deadline }));
    if (answer.success) return answer.data;
    throw new SpringtideError('unavailable', `GET ${path} was answered in a way that is not understood`, {
      cause: answer.error,
    });
  }
}

function stillComing({ library, name }: LibraryItem): SpringtideError {
  return new SpringtideError(
    'timeout',
    `${library}/${name} is still being fetched from its publisher; no machine was made`,
    { effect: 'none', retry: 'same', nextStep: 'Ask again; vCenter goes on fetching.' },
  );
}
