import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** What of a route is being released beside its standing fleet, as the last step that held. */
export class RouteRelease1760000061000 implements Migration {
  name = 'RouteRelease1760000061000';

  async up(runner: Runner): Promise<void> {
    await runner.query(
      `alter table traffic_route add column release jsonb not null default '{"groups":[],"matches":[]}'`,
    );
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table traffic_route drop column release');
  }
}
