import { SpringtideError } from '@springtide/kernel';
import { ask, PAGE_SIZE, tell } from './alb-calls.js';
import { groupCreatedAnswer, groupsAnswer } from './alb-wire.js';
import type { AlibabaApi, Scope } from './api.js';
import { allOf, tokenPages } from './paging.js';
import type { AlbRoute } from './route-settings.js';

const ROUTE_TAG = 'springtide:route';
const GROUP_TAG = 'springtide:group';

/** Server group by group of a route: those that the settings name, and those that were made for it. */
export class AlbGroups {
  constructor(
    private readonly name: string,
    private readonly route: AlbRoute,
    private readonly api: AlibabaApi,
  ) {}

  async all(at: Scope): Promise<ReadonlyMap<string, string>> {
    const pinned = Object.entries(this.route.groups);
    if (this.route.vpcId === undefined) return new Map(pinned);
    const made = await allOf(
      tokenPages(async (NextToken) => {
        const Tag = [{ Key: ROUTE_TAG, Value: this.name }];
        const parameters = { RegionId: at.region, MaxResults: PAGE_SIZE, NextToken, Tag };
        const answer = await ask(this.api, at, 'ListServerGroups', parameters, groupsAnswer);
        return { items: answer.ServerGroups, next: answer.NextToken };
      }),
    );
    const named = made.flatMap(({ ServerGroupId, Tags }): [string, string][] => {
      const group = Tags.get(GROUP_TAG);
      return group === undefined || Tags.get(ROUTE_TAG) !== this.name ? [] : [[group, ServerGroupId]];
    });
    return new Map([...named, ...pinned]);
  }

  /** @throws failed-precondition where the settings allow none to be made. */
  async make(group: string, at: Scope): Promise<string> {
    const { vpcId, healthCheckPath } = this.route;
    if (vpcId === undefined) throw this.#cannotMake(group);
    const { ServerGroupId } = await this.api.mutate(at, {
      product: 'alb',
      action: 'CreateServerGroup',
      parameters: {
        RegionId: at.region,
        ServerGroupName: `springtide-${this.name}-${group}`,
        ServerGroupType: 'Ip',
        Protocol: 'HTTP',
        Scheduler: 'Wrr',
        VpcId: vpcId,
        HealthCheckConfig: {
          HealthCheckEnabled: true,
          HealthCheckProtocol: 'HTTP',
          HealthCheckPath: healthCheckPath,
          HealthCheckMethod: 'GET',
          HealthCheckInterval: 2,
          HealthCheckTimeout: 2,
          HealthyThreshold: 2,
          UnhealthyThreshold: 2,
        },
        Tag: [
          { Key: ROUTE_TAG, Value: this.name },
          { Key: GROUP_TAG, Value: group },
        ],
      },
      answer: groupCreatedAnswer,
    });
    return ServerGroupId;
  }

  async isReady(serverGroup: string, at: Scope): Promise<boolean> {
    const parameters = { ServerGroupIds: [serverGroup] };
    const { ServerGroups } = await ask(this.api, at, 'ListServerGroups', parameters, groupsAnswer);
    const [group] = ServerGroups;
    return group !== undefined && (group.ServerGroupStatus ?? 'Available') === 'Available';
  }

  isMade(group: string): boolean {
    return this.route.groups[group] === undefined;
  }

  async unmake(ServerGroupId: string, at: Scope): Promise<void> {
    await tell(this.api, at, 'DeleteServerGroup', { ServerGroupId });
  }

  #cannotMake(group: string): SpringtideError {
    return new SpringtideError(
      'failed-precondition',
      `route "${this.name}" has no server group for "${group}" and may make none; nothing was changed`,
      { nextStep: `Add its server group to the route's settings, or a VPC in which groups may be made.` },
    );
  }
}
