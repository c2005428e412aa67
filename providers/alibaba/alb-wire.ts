import { z } from 'zod';
import { plainList, text } from './wire.js';

const tuple = z.object({ ServerGroupId: z.string(), Weight: z.number().nullish() });
const forward = z.object({
  ServerGroupTuples: plainList(tuple),
  ServerGroupStickySession: z
    .object({ Enabled: z.boolean().nullish(), Timeout: z.number().nullish() })
    .nullish(),
});
const action = z.object({ Type: text, ForwardGroupConfig: forward.nullish() });

export const listenerAnswer = z.object({
  ListenerStatus: text,
  LoadBalancerId: text,
  DefaultActions: plainList(action),
});
export type WireListener = z.infer<typeof listenerAnswer>;

const badServer = z.object({ ServerIp: text, ServerId: text, Port: z.number().nullish() });
export const healthAnswer = z.object({
  NextToken: text,
  ListenerHealthStatus: plainList(
    z.object({
      ServerGroupInfos: plainList(
        z.object({ ServerGroupId: z.string(), NonNormalServers: plainList(badServer) }),
      ),
    }),
  ),
});

export const server = z.object({
  ServerId: z.string(),
  ServerIp: text,
  Port: z.number(),
  Weight: z.number().nullish(),
  Status: text,
  Description: text,
});
export type WireServer = z.infer<typeof server>;
export const serversAnswer = z.object({ NextToken: text, Servers: plainList(server) });

const condition = z.object({
  Type: text,
  HeaderConfig: z.object({ Key: text, Values: plainList(z.string()) }).nullish(),
  SourceIpConfig: z.object({ Values: plainList(z.string()) }).nullish(),
});
export const rule = z.object({
  RuleId: z.string(),
  RuleName: text,
  RuleStatus: text,
  Priority: z.number(),
  RuleConditions: plainList(condition),
  RuleActions: plainList(action),
});
export type WireRule = z.infer<typeof rule>;
export const rulesAnswer = z.object({ NextToken: text, Rules: plainList(rule) });

export const loadBalancersAnswer = z.object({
  NextToken: text,
  LoadBalancers: plainList(
    z.object({
      LoadBalancerId: z.string(),
      LoadBalancerName: text,
      LoadBalancerStatus: text,
      DNSName: text,
      AddressType: text,
      VpcId: text,
      CreateTime: text,
    }),
  ),
});
