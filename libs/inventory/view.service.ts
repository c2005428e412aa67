import type { ViewInput } from '@springtide/contracts';
import { requirePermission, requireUser } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import { ViewRepository, type SavedView } from './data/view.repository.js';

/** Filters that people keep under a name: their own, and those that others share with the tenant. */
export class ViewService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** By name; pass the last one as `after` for the page that follows. */
  async list(
    context: RequestContext,
    page: Readonly<{ limit: number; after?: Readonly<{ name: string; id: string }> }>,
  ): Promise<readonly SavedView[]> {
    return await this.work(context, (views) => views.list(page.limit, page.after));
  }

  /** @throws already-exists when you have a view of that name. */
  async create(context: RequestContext, input: ViewInput): Promise<SavedView> {
    const view: SavedView = {
      id: newId(),
      ownerId: requireUser(context).id,
      ownerName: context.actor.name,
      ...input,
      version: 1,
      updatedAt: toInstant(this.clock.now()),
    };
    await this.work(context, (views) => views.insert(view));
    return view;
  }

  /** @throws not-found; permission-denied for somebody else's; conflict when it changed since `version`. */
  async update(context: RequestContext, id: string, version: number, input: ViewInput): Promise<SavedView> {
    return await this.work(context, async (views) => {
      const before = await ownView(views, context, id);
      if (before.version !== version) {
        throw new SpringtideError(
          'conflict',
          `the view "${before.name}" was changed meanwhile; nothing was saved`,
          {
            retry: 'never',
            nextStep: 'Read it again and repeat the change.',
          },
        );
      }
      const updatedAt = toInstant(this.clock.now());
      const after = { ...before, ...input, version: version + 1, updatedAt };
      await views.save(after);
      return after;
    });
  }

  /** @throws not-found; permission-denied for somebody else's. */
  async remove(context: RequestContext, id: string): Promise<void> {
    await this.work(context, async (views) => {
      await ownView(views, context, id);
      await views.remove(id);
    });
  }

  private async work<T>(context: RequestContext, work: (views: ViewRepository) => Promise<T>): Promise<T> {
    requirePermission(context, 'inventory:read');
    const user = requireUser(context);
    return await this.database.unitOfWork(context, async (tx) =>
      work(new ViewRepository(tx, context.tenantId, user.id)),
    );
  }
}

async function ownView(views: ViewRepository, context: RequestContext, id: string): Promise<SavedView> {
  const view = await views.find(id);
  if (!view) throw new SpringtideError('not-found', `there is no saved view ${id}; nothing was changed`);
  if (view.ownerId === context.actor.id) return view;
  throw new SpringtideError(
    'permission-denied',
    `the view "${view.name}" belongs to ${view.ownerName}; nothing was changed`,
    { nextStep: 'Save it under a name of your own.' },
  );
}
