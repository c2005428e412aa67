/** What the descriptions of the same metadata say in words about a parameter. */
export type ParameterLimit = Readonly<{
  min?: number;
  max?: number;
  values?: readonly string[];
  characters?: number;
  pattern?: RegExp;
  /** Of a list: the highest number. */
  items?: number;
  /** A JSON array in a string with at most so many entries. */
  jsonItems?: number;
}>;

const TOKEN: ParameterLimit = { characters: 64, pattern: /^[\x20-\x7e]*$/ };
const TAGS: ParameterLimit = { items: 20 };
const MINUTE_STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;

const SECOND_STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const EVERYWHERE: Readonly<Record<string, ParameterLimit>> = {
  ClientToken: TOKEN,
  'Tag.N.Key': { ...TAGS, characters: 128, pattern: /^(?!aliyun|acs:|https?:\/\/).+$/ },
  'Tag.N.Value': { ...TAGS, characters: 128, pattern: /^(?!https?:\/\/).*$/ },
  InstanceIds: { jsonItems: 100 },
  DiskIds: { jsonItems: 100 },
  PageNumber: { min: 1 },
};

const BY_ACTION: Readonly<Record<string, Readonly<Record<string, ParameterLimit>>>> = {
  RunInstances: {
    Amount: { min: 1, max: 100 },
    MinAmount: { min: 1, max: 100 },
    AutoReleaseTime: { pattern: MINUTE_STAMP },
    InstanceChargeType: { values: ['PostPaid', 'PrePaid'] },
    SpotStrategy: { values: ['NoSpot', 'SpotWithPriceLimit', 'SpotAsPriceGo'] },
    SpotDuration: { min: 0, max: 1 },
    SpotInterruptionBehavior: { values: ['Terminate', 'Stop'] },
    InstanceName: { characters: 128, pattern: /^.{2,}$/ },
    InternetMaxBandwidthOut: { min: 0, max: 100 },
    'SystemDisk.Size': { min: 20, max: 2048 },
    UserData: { characters: 43_692, pattern: /^[A-Za-z0-9+/=\s]*$/ },
    'SecurityGroupIds.N': { items: 16 },
  },
  DescribeInstances: {
    MaxResults: { min: 1 },
    PageSize: { min: 1, max: 100 },
    Status: { values: ['Pending', 'Running', 'Starting', 'Stopping', 'Stopped'] },
  },
  DescribeInstanceStatus: { PageSize: { min: 1, max: 50 }, 'InstanceId.N': { items: 100 } },
  DeleteInstances: { 'InstanceId.N': { items: 100 } },
  StopInstances: {
    'InstanceId.N': { items: 100 },
    StoppedMode: { values: ['StopCharging', 'KeepCharging'] },
    BatchOptimization: { values: ['AllTogether', 'SuccessFirst'] },
  },
  StartInstances: { 'InstanceId.N': { items: 100 } },
  ModifyInstanceAutoReleaseTime: { AutoReleaseTime: { pattern: MINUTE_STAMP } },
  ListTagResources: { 'ResourceId.N': { items: 50 } },
  TagResources: { 'ResourceId.N': { items: 50 } },
  UntagResources: { 'ResourceId.N': { items: 50 } },
  DescribePrice: { Amount: { min: 1, max: 1000 }, PriceUnit: { values: ['Month', 'Year', 'Hour'] } },
  AddServersToServerGroup: {
    'Servers.N.Weight': { min: 0, max: 100 },
    'Servers.N.Port': { min: 1, max: 65_535 },
  },
  UpdateServerGroupServersAttribute: { 'Servers.N.Weight': { min: 0, max: 100 } },
  UpdateDNSSLBWeight: { Weight: { min: 1, max: 100 } },
  DescribeDomainRecords: { PageSize: { min: 1, max: 500 } },
  DescribeInstanceBill: {
    MaxResults: { min: 1, max: 300 },
    Granularity: { values: ['MONTHLY', 'DAILY'] },
    SubscriptionType: { values: ['Subscription', 'PayAsYouGo'] },
  },
  LookupEvents: {
    StartTime: { pattern: SECOND_STAMP },
    EndTime: { pattern: SECOND_STAMP },
    MaxResults: { min: 1, max: 50, pattern: /^\d+$/ },
    Direction: { values: ['FORWARD', 'BACKWARD'] },
  },
  DescribeVSwitches: { PageSize: { min: 1, max: 50 } },
  DescribeVpcs: { PageSize: { min: 1, max: 50 } },
};

export function limitOf(action: string, key: string): ParameterLimit | undefined {
  const name = key.replaceAll(/\.\d+(?=\.|$)/g, '.N');
  return BY_ACTION[action]?.[name] ?? EVERYWHERE[name];
}
