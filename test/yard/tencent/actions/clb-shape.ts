import { healthOf, type Balancer, type Listener, type Rule, type Target } from '../cloud/balancer.js';
import type { Cloud } from '../cloud/cloud.js';
import type { Region } from '../cloud/region.js';
import { localStamp } from './action.js';
import { hostAware } from './clb-lookup.js';

const HEALTH_CHECK = {
  HealthSwitch: 1,
  TimeOut: 2,
  IntervalTime: 5,
  HealthNum: 3,
  UnHealthNum: 3,
  HttpCode: null,
  HttpCheckPath: null,
  HttpCheckDomain: null,
  HttpCheckMethod: null,
  CheckPort: null,
  ContextType: null,
  SendContext: null,
  RecvContext: null,
  CheckType: 'TCP',
  HttpVersion: null,
  SourceIpType: 0,
  ExtendedCode: null,
};

export function balancerShape(region: Region, balancer: Balancer) {
  const { createdAt } = balancer;
  return {
    LoadBalancerId: balancer.id,
    LoadBalancerName: balancer.name,
    LoadBalancerType: balancer.type,
    Forward: 1,
    Domain: '',
    LoadBalancerVips: balancer.ready ? [balancer.vip] : [],
    Status: balancer.ready ? 1 : 0,
    CreateTime: localStamp(createdAt),
    StatusTime: localStamp(createdAt),
    ProjectId: balancer.projectId,
    VpcId: balancer.vpcId,
    OpenBgp: 0,
    Snat: false,
    Isolation: 0,
    Log: '',
    SubnetId: balancer.subnetId,
    Tags: balancer.tags,
    SecureGroups: [],
    TargetRegionInfo: { Region: region.name, VpcId: balancer.vpcId, NumericalVpcId: 1 },
    AnycastZone: '',
    AddressIPVersion: 'ipv4',
    NumericalVpcId: 1,
    VipIsp: 'BGP',
    MasterZone: null,
    BackupZoneSet: null,
    IsolatedTime: null,
    ExpireTime: null,
    ChargeType: 'POSTPAID_BY_HOUR',
    NetworkAttributes: null,
    PrepaidAttributes: null,
    LogSetId: '',
    LogTopicId: '',
    AddressIPv6: null,
    ExtraInfo: null,
    IsDDos: false,
    ConfigId: '',
    LoadBalancerPassToTarget: false,
    ExclusiveCluster: { L4Clusters: null, L7Clusters: null, ClassicalCluster: null },
    IPv6Mode: null,
    SnatPro: false,
    SnatIps: [],
    SlaType: '',
    IsBlock: false,
    IsBlockTime: '',
    LocalBgp: false,
    ClusterTag: null,
    MixIpTarget: false,
    Zones: null,
    NfvInfo: '',
    HealthLogSetId: '',
    HealthLogTopicId: '',
    ClusterIds: null,
    AttributeFlags: [],
    LoadBalancerDomain: '',
    Egress: '',
    TargetCount: balancer.listeners
      .flatMap((listener) => [listener, ...listener.rules])
      .reduce((sum, { targets }) => sum + targets.length, 0),
  };
}

export function listenerShape(listener: Listener) {
  return {
    ListenerId: listener.id,
    ListenerName: listener.name,
    Protocol: listener.protocol,
    Port: listener.port,
    EndPort: 0,
    Certificate: null,
    HealthCheck: hostAware(listener) ? null : HEALTH_CHECK,
    Scheduler: listener.scheduler,
    SessionExpireTime: 0,
    SniSwitch: 0,
    Rules: hostAware(listener) ? listener.rules.map((rule) => ruleShape(listener, rule)) : null,
    CreateTime: localStamp(listener.createdAt),
    TargetType: 'NODE',
    TargetGroup: null,
    SessionType: 'NORMAL',
    KeepaliveEnable: 0,
    Toa: false,
    DeregisterTargetRst: false,
    AttrFlags: [],
    TargetGroupList: null,
    MaxConn: -1,
    MaxCps: -1,
    IdleConnectTimeout: null,
  };
}

function ruleShape(listener: Listener, rule: Rule) {
  return {
    LocationId: rule.id,
    Domain: rule.domain,
    Url: rule.url,
    SessionExpireTime: 0,
    HealthCheck: HEALTH_CHECK,
    Certificate: null,
    Scheduler: listener.scheduler,
    ListenerId: listener.id,
    RewriteTarget: {
      TargetListenerId: null,
      TargetLocationId: null,
      RewriteCode: 0,
      TakeUrl: false,
      RewriteType: '',
    },
    HttpGzip: true,
    BeAutoCreated: false,
    DefaultServer: listener.rules[0] === rule,
    Http2: false,
    ForwardType: 'HTTP',
    CreateTime: localStamp(rule.createdAt),
    TargetType: 'NODE',
    TargetGroup: null,
    WafDomainId: '',
    TrpcCallee: '',
    TrpcFunc: '',
    QuicStatus: 'QUIC_INACTIVE',
    Domains: [rule.domain],
    TargetGroupList: null,
  };
}

export function listenerTargetsShape(region: Region, listener: Listener) {
  return {
    ListenerId: listener.id,
    Protocol: listener.protocol,
    Port: listener.port,
    EndPort: 0,
    Rules: listener.rules.map((rule) => ({
      LocationId: rule.id,
      Domain: rule.domain,
      Url: rule.url,
      Targets: rule.targets.map((target) => targetShape(region, target)),
      FunctionTargets: [],
    })),
    Targets: listener.targets.map((target) => targetShape(region, target)),
  };
}

function targetShape(region: Region, target: Target) {
  const machine = region.machines.get(target.machineId);
  return {
    Type: target.machineId === '' ? 'ENI' : 'CVM',
    InstanceId: target.machineId,
    Port: target.port,
    Weight: target.weight,
    PublicIpAddresses: null,
    PrivateIpAddresses: [target.ip],
    InstanceName: machine?.name ?? null,
    RegisteredTime: localStamp(target.registeredAt),
    EniId: machine?.interfaceId ?? null,
    Tag: target.label,
    Zone: machine?.zone ?? null,
  };
}

export function healthShape(cloud: Cloud, region: Region, listener: Listener, rules: readonly Rule[]) {
  const holders = hostAware(listener)
    ? rules
    : [{ id: '', domain: null, url: null, targets: listener.targets }];
  return {
    ListenerId: listener.id,
    ListenerName: listener.name,
    Protocol: listener.protocol,
    Port: listener.port,
    Rules: holders.map(({ id, domain, url, targets }) => ({
      LocationId: id,
      Domain: domain,
      Url: url,
      Targets: targets.map((target) => {
        const status = healthOf(cloud, region, target);
        return {
          IP: target.ip,
          Port: target.port,
          HealthStatus: status === 'Alive',
          TargetId: target.machineId,
          HealthStatusDetail: status,
          HealthStatusDetial: status,
          Weight: target.weight,
        };
      }),
    })),
  };
}
