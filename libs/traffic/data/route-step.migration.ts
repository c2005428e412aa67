import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Since when a step of the release is being taken; null between steps. */
export class RouteStep1763880000000 implements Migration {
  name = 'RouteStep1763880000000';

  async up(runner: Runner): Promise<void> {
    await runner.query('alter table traffic_route add column step_since timestamptz');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table traffic_route drop column step_since');
  }
}
