import type { Tag } from '../cloud/machine.js';
import { checkTags } from '../cloud/launch-order.js';
import type { Region } from '../cloud/region.js';
import { WireError } from '../wire/wire-error.js';
import type { ActionCall, Actions } from './action.js';

type WireTag = Readonly<{ TagKey: string; TagValue: string }>;

type Tagged = { tags: Tag[] };

/** Who one is, and the tags of what one has. */
export const accountActions: Actions = {
  'sts/GetCallerIdentity': ({ cloud, secretId }) => {
    const { uin, ownerUin } = cloud.seed.account;
    return {
      Arn: `qcs::cam::uin/${ownerUin}:uin/${uin}`,
      AccountId: ownerUin,
      UserId: uin,
      PrincipalId: secretId.slice(0, 12),
      Type: 'CAMUser',
    };
  },
  'tag/TagResources': (call) => {
    const tags = (call.params['Tags'] as readonly WireTag[]).map(({ TagKey, TagValue }) => ({
      Key: TagKey,
      Value: TagValue,
    }));
    checkTags(tags);
    const added = new Set(tags.map(({ Key }) => Key));
    return eachResource(call, (held) => {
      held.tags = [...held.tags.filter(({ Key }) => !added.has(Key)), ...tags];
    });
  },
  'tag/UnTagResources': (call) => {
    const keys = call.params['TagKeys'] as readonly string[];
    return eachResource(call, (held) => {
      held.tags = held.tags.filter(({ Key }) => !keys.includes(Key));
    });
  },
  'tag/GetResources': (call) => {
    const { TagFilters: filters = [], ResourceList: names } = call.params as {
      TagFilters?: readonly { TagKey: string; TagValue?: readonly string[] }[];
      ResourceList?: readonly string[];
    };
    const all = [...call.cloud.regions.values()].flatMap((region) => taggedOf(call, region));
    const found = all.filter(
      ({ name, tags }) =>
        (names?.includes(name) ?? true) &&
        filters.every(({ TagKey, TagValue }) =>
          tags.some(({ Key, Value }) => Key === TagKey && (TagValue?.includes(Value) ?? true)),
        ),
    );
    const from = Number(call.params['PaginationToken'] ?? 0) || 0;
    const to = from + Math.min(Number(call.params['MaxResults'] ?? 50), 200);
    return {
      PaginationToken: to < found.length ? String(to) : '',
      ResourceTagMappingList: found.slice(from, to).map(({ name, tags }) => ({
        Resource: name,
        Tags: tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
      })),
    };
  },
};

/** Each resource for itself: what fails is in the answer. */
function eachResource(call: ActionCall, act: (held: Tagged) => void): Readonly<Record<string, unknown>> {
  const names = call.params['ResourceList'] as readonly string[];
  const failed = names.flatMap((name) => {
    const held = resourceOf(call, name);
    if (held !== undefined) act(held);
    return held === undefined ? [{ Resource: name, Code: 'ResourceNotFound', Message: 'not found' }] : [];
  });
  return { FailedResources: failed };
}

/** `qcs::cvm:ap-guangzhou:uin/100000000001:instance/ins-12345678` */
function resourceOf({ cloud }: ActionCall, name: string): Tagged | undefined {
  const [, regionName = '', kind = '', id = ''] =
    /^qcs::\w+:([\w-]*):uin\/\d+:(\w+)\/([\w-]+)$/.exec(name) ?? [];
  if (kind === '') {
    throw new WireError(
      'InvalidParameterValue.ResourcePrefixInvalid',
      `\`${name}\` is not a six-part resource.`,
    );
  }
  const region = cloud.region(regionName);
  const places: Readonly<Record<string, ReadonlyMap<string, Tagged>>> = {
    instance: region.machines,
    volume: region.disks,
    eip: region.addresses,
  };
  return places[kind]?.get(id);
}

function taggedOf({ cloud }: ActionCall, region: Region) {
  const prefix = (product: string) => `qcs::${product}:${region.name}:uin/${cloud.seed.account.ownerUin}`;
  const machines = [...region.machines.values()].map(({ id, tags }) => ({
    name: `${prefix('cvm')}:instance/${id}`,
    tags,
  }));
  const disks = [...region.disks.values()].map(({ id, tags }) => ({
    name: `${prefix('cvm')}:volume/${id}`,
    tags,
  }));
  return [...machines, ...disks].filter(({ tags }) => tags.length > 0);
}
