import type { AlibabaCloud } from '../cloud.js';
import { askedPage, cutPage, nextPage, type Page } from '../paging.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { WireError } from '../wire/wire-error.js';
import { instanceShape } from './instance-shape.js';
import type { Instance } from './instance.js';

const LEAST_RESULTS = 10;
const PLAIN: ReadonlySet<string> = new Set(['RegionId', 'MaxResults', 'NextToken']);

export function describeInstances(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const page = instancePage(cloud, call);
  return {
    TotalCount: page.total,
    PageNumber: call.number('PageNumber') ?? 1,
    PageSize: call.number('PageSize') ?? page.items.length,
    NextToken: page.next,
    Instances: { Instance: page.items.map((instance) => instanceShape(instance, cloud.clock)) },
  };
}

function instancePage(cloud: AlibabaCloud, call: ApiCall): Page<Instance> {
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const { maxPageSize, tagFilterLimit } = cloud.settings;
  const asked = askedPage(call, { least: LEAST_RESULTS, most: maxPageSize, usual: LEAST_RESULTS });
  const ids = call.jsonList('InstanceIds');
  const tags = call.tags();
  const all = ids === undefined ? cloud.instances.newest(regionId) : byId(cloud, ids, regionId);
  const limit = tags.size > 0 || call.text('ResourceGroupId') !== undefined ? tagFilterLimit : Infinity;
  if (call.flag('DryRun') === true) throw new WireError(400, 'DRYRUN.SUCCESS', 'The dry run was successful.');
  if (asked.by === 'token' && isPlain(call) && cloud.settings.readLagMs === 0) {
    const below = cloud.instances.newest(regionId, asked.after);
    return nextPage(below, asked.size, cloud.instances.count(regionId));
  }
  return cutPage(all, asked, filterOf(cloud, call, tags), limit);
}

/** Pages through everything. */
function isPlain(call: ApiCall): boolean {
  return [...call.parameters.keys()].every((name) => PLAIN.has(name));
}

function* byId(cloud: AlibabaCloud, ids: readonly string[], regionId: string): Generator<Instance> {
  const found = ids.flatMap((id) => cloud.instances.get(id) ?? []);
  yield* found.filter((instance) => instance.regionId === regionId).toSorted((a, b) => b.order - a.order);
}

function filterOf(
  cloud: AlibabaCloud,
  call: ApiCall,
  tags: ReadonlyMap<string, string>,
): (instance: Instance) => boolean {
  const now = cloud.clock.life();
  const equal: readonly (readonly [string | undefined, (instance: Instance) => string])[] = [
    [call.text('Status'), ({ status }) => status],
    [call.text('ZoneId'), ({ zoneId }) => zoneId],
    [call.text('InstanceType'), ({ type }) => type.id],
    [call.text('InstanceTypeFamily'), ({ type }) => type.family],
    [call.text('ImageId'), ({ imageId }) => imageId],
    [call.text('VpcId'), ({ vswitch }) => vswitch.vpcId],
    [call.text('VSwitchId'), ({ vswitch }) => vswitch.id],
    [call.text('InstanceChargeType'), () => 'PostPaid'],
  ];
  const asked = equal.filter(([value]) => value !== undefined);
  const group = call.text('SecurityGroupId');
  const name = nameFilter(call.text('InstanceName'));
  const addresses = call.jsonList('PrivateIpAddresses');
  return (instance) =>
    instance.visibleAt <= now &&
    asked.every(([value, read]) => read(instance) === value) &&
    (group === undefined || instance.securityGroupIds.includes(group)) &&
    (addresses === undefined || addresses.includes(instance.address)) &&
    name(instance.name) &&
    hasTags(instance.tags, tags);
}

/** A `*` stands for anything. */
function nameFilter(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  const regular = new RegExp(`^${source}$`);
  return (name) => regular.test(name);
}

/** Every tag must be there; one without a value matches any. */
export function hasTags(has: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of wanted) {
    const own = has.get(key);
    if (own === undefined || (value !== '' && own !== value)) return false;
  }
  return true;
}

export function describeInstanceStatus(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const now = cloud.clock.life();
  const ids = call.list('InstanceId');
  const zone = call.text('ZoneId');
  const all = ids.length > 0 ? byId(cloud, ids, regionId) : cloud.instances.newest(regionId);
  const size = call.number('PageSize') ?? 10;
  const number = call.number('PageNumber') ?? 1;
  const matches = ({ visibleAt, zoneId }: Instance): boolean =>
    visibleAt <= now && (zone === undefined || zone === zoneId);
  const page = cutPage(all, { by: 'number', size, number }, matches);
  return {
    TotalCount: page.total,
    PageNumber: number,
    PageSize: size,
    InstanceStatuses: {
      InstanceStatus: page.items.map(({ id, status }) => ({ InstanceId: id, Status: status })),
    },
  };
}
