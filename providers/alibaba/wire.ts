import { z } from 'zod';

/** Lists come wrapped, as `Instances: { Instance: [] }`, and are missing or null when empty. */
export function wrapped<T extends z.ZodType>(name: string, item: T) {
  return z
    .looseObject({ [name]: z.array(item).nullish() })
    .nullish()
    .transform((value) => (value as Record<string, z.output<T>[] | null> | null)?.[name] ?? []);
}

/** Lists of newer products come plain. */
export function plainList<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
}

/** Undefined where the vendor says null, the empty string or nothing. */
export const text = z
  .string()
  .nullish()
  .transform((value) => (value === '' || value === null ? undefined : value));

const ecsTag = z.object({ TagKey: z.string(), TagValue: z.string().nullish() });
/** As compute spells them. */
export const ecsTags = wrapped('Tag', ecsTag).transform((Tag) => tagsOf({ Tag }));
const plainEcsTags = z.object({ Tag: z.array(ecsTag).nullish() }).nullish();

export function tagsOf(tags: z.infer<typeof plainEcsTags>): ReadonlyMap<string, string> {
  return new Map(tags?.Tag?.map(({ TagKey, TagValue }) => [TagKey, TagValue ?? '']));
}

const otherTag = z.object({ Key: z.string(), Value: z.string().nullish() });
/** As networks and load balancers spell them. */
export const otherTags = wrapped('Tag', otherTag).transform(
  (tags) => new Map(tags.map(({ Key, Value }) => [Key, Value ?? ''])),
);
export const plainTags = plainList(otherTag).transform(
  (tags) => new Map(tags.map(({ Key, Value }) => [Key, Value ?? ''])),
);

export const nothing = z.unknown();

export const runInstancesAnswer = z.object({ InstanceIdSets: wrapped('InstanceIdSet', z.string()) });

/** Plain through and through: a listing has tens of thousands of these, and every transform of a field costs. */
const plain = z.string().nullish();
const rawInstance = z.object({
  InstanceId: z.string(),
  InstanceName: plain,
  Status: plain,
  ZoneId: plain,
  InstanceType: plain,
  SpotStrategy: plain,
  InstanceChargeType: plain,
  ImageId: plain,
  CreationTime: plain,
  VpcAttributes: z
    .object({
      PrivateIpAddress: z.object({ IpAddress: z.array(z.string()).nullish() }).nullish(),
      VSwitchId: plain,
    })
    .nullish(),
  PublicIpAddress: z.object({ IpAddress: z.array(z.string()).nullish() }).nullish(),
  EipAddress: z.object({ IpAddress: plain }).nullish(),
  SecurityGroupIds: z.object({ SecurityGroupId: z.array(z.string()).nullish() }).nullish(),
  OperationLocks: z
    .object({ LockReason: z.array(z.object({ LockReason: plain, LockMsg: plain })).nullish() })
    .nullish(),
  Tags: plainEcsTags,
});
export type WireInstance = z.infer<typeof rawInstance>;

export const instancesAnswer = z.object({
  NextToken: text,
  Instances: z
    .object({ Instance: z.array(rawInstance).nullish() })
    .nullish()
    .transform((value) => value?.Instance ?? []),
});

export const tagResourcesAnswer = z.object({
  NextToken: text,
  TagResources: wrapped('TagResource', z.object({ ResourceId: z.string() })),
});

export const instanceType = z.object({
  InstanceTypeId: z.string(),
  CpuCoreCount: z.number(),
  /** GiB, with fractions. */
  MemorySize: z.number(),
  CpuArchitecture: text,
  InstanceTypeFamily: text,
});
export type WireInstanceType = z.infer<typeof instanceType>;

export const instanceTypesAnswer = z.object({
  NextToken: text,
  InstanceTypes: wrapped('InstanceType', instanceType),
});

const availableResource = z.object({
  Type: text,
  SupportedResources: wrapped(
    'SupportedResource',
    z.object({ Value: z.string(), Status: text, StatusCategory: text }),
  ),
});
export const availableResourceAnswer = z.object({
  AvailableZones: wrapped(
    'AvailableZone',
    z.object({
      ZoneId: z.string(),
      AvailableResources: wrapped('AvailableResource', availableResource),
    }),
  ),
});

export const priceAnswer = z.object({
  PriceInfo: z.object({ Price: z.object({ TradePrice: z.number(), Currency: z.string() }) }),
});

export const spotPricesAnswer = z.object({
  Currency: text,
  SpotPrices: wrapped(
    'SpotPriceType',
    z.object({ ZoneId: z.string(), SpotPrice: z.number(), Timestamp: z.string() }),
  ),
});

export const spotAdviceAnswer = z.object({
  AvailableSpotZones: wrapped(
    'AvailableSpotZone',
    z.object({
      ZoneId: z.string(),
      AvailableSpotResources: wrapped(
        'AvailableSpotResource',
        z.object({ InstanceType: z.string(), InterruptionRate: z.number().nullish() }),
      ),
    }),
  ),
});

export const accountAttributesAnswer = z.object({
  AccountAttributeItems: wrapped(
    'AccountAttributeItem',
    z.object({
      AttributeName: z.string(),
      AttributeValues: wrapped('ValueItem', z.object({ Value: z.coerce.string() })),
    }),
  ),
});

const allocated = z.object({
  zoneId: plain,
  InstanceType: plain,
  TotalAmount: z.number().nullish(),
  UsedAmount: z.number().nullish(),
  AvailableAmount: z.number().nullish(),
});
const privatePool = z.object({
  PrivatePoolOptionsId: z.string(),
  PrivatePoolOptionsMatchCriteria: plain,
  Status: plain,
  StartTime: plain,
  EndTime: plain,
  /** Of reservations only. */
  EndTimeType: plain,
  Platform: plain,
  /** Of assurances only: hours in which they hold. */
  RecurrenceRules: wrapped('RecurrenceRule', z.unknown()),
  AllocatedResources: wrapped('AllocatedResource', allocated),
});
export type WirePrivatePool = z.infer<typeof privatePool>;
export const capacityReservationsAnswer = z.object({
  NextToken: text,
  CapacityReservationSet: wrapped('CapacityReservationItem', privatePool),
});
export const elasticityAssurancesAnswer = z.object({
  NextToken: text,
  ElasticityAssuranceSet: wrapped('ElasticityAssuranceItem', privatePool),
});

const disk = z.object({
  DiskId: z.string(),
  DiskName: plain,
  Status: plain,
  ZoneId: plain,
  Category: plain,
  Type: plain,
  Size: z.number().nullish(),
  InstanceId: plain,
  DeleteWithInstance: z.boolean().nullish(),
  CreationTime: plain,
  Tags: plainEcsTags,
});
export type WireDisk = z.infer<typeof disk>;
export const disksAnswer = z.object({ NextToken: text, Disks: wrapped('Disk', disk) });

const networkInterface = z.object({
  NetworkInterfaceId: z.string(),
  NetworkInterfaceName: plain,
  Status: plain,
  ZoneId: plain,
  InstanceId: plain,
  PrivateIpAddress: plain,
  VSwitchId: plain,
  Type: plain,
  CreationTime: plain,
  SecurityGroupIds: z.object({ SecurityGroupId: z.array(z.string()).nullish() }).nullish(),
  Tags: plainEcsTags,
});
export type WireInterface = z.infer<typeof networkInterface>;
export const interfacesAnswer = z.object({
  NextToken: text,
  NetworkInterfaceSets: wrapped('NetworkInterfaceSet', networkInterface),
});

export const address = z.object({
  AllocationId: z.string(),
  Name: text,
  IpAddress: text,
  Status: text,
  InstanceId: text,
  InstanceType: text,
  Bandwidth: z.coerce.string().nullish(),
  AllocationTime: text,
  Tags: otherTags,
});
export type WireAddress = z.infer<typeof address>;
export const addressesAnswer = z.object({
  TotalCount: z.number(),
  EipAddresses: wrapped('EipAddress', address),
});

const vSwitchSchema = z.object({
  VSwitchId: z.string(),
  VSwitchName: text,
  ZoneId: text,
  CidrBlock: text,
  AvailableIpAddressCount: z.number().nullish(),
});

export type WireVSwitch = z.output<typeof vSwitchSchema>;

export const vSwitchesAnswer = z.object({
  TotalCount: z.number(),
  VSwitches: wrapped('VSwitch', vSwitchSchema),
});

export const imagesAnswer = z.object({
  TotalCount: z.number(),
  Images: wrapped(
    'Image',
    z.object({ ImageId: z.string(), ImageName: text, Architecture: text, CreationTime: text }),
  ),
});

/** Numbers of JSON are kept as the shortest text that means them, before anybody calculates with them. */
const amount = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)]).transform(String);
const noAmount = amount.nullish().transform((value) => value ?? '0');
const billItem = z.object({
  InstanceID: text,
  BillingDate: text,
  BillingItem: text,
  ProductName: text,
  ProductCode: text,
  SubscriptionType: text,
  Currency: z.string(),
  PretaxGrossAmount: amount,
  InvoiceDiscount: noAmount,
  DeductedByCoupons: noAmount,
});
export type WireBillItem = z.output<typeof billItem>;
export const billAnswer = z.object({ Data: z.object({ NextToken: text, Items: plainList(billItem) }) });

/** One by one: an event of a shape that nobody knows is left out, and not the whole page with it. */
export const trailAnswer = z.object({ NextToken: text, Events: plainList(z.unknown()) });
export const trailEvent = z.object({
  eventName: z.string().min(1),
  eventTime: z.iso.datetime({ offset: true }),
  eventRW: text,
  errorCode: text,
  userIdentity: z.object({ type: text, userName: text, principalId: text }),
  /** Ids by the vendor's type of resource, whose names have changed over the years. */
  referencedResources: z.record(z.string(), z.array(z.string())),
});
export type WireTrailEvent = z.output<typeof trailEvent>;
