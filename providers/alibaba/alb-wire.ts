import { z } from 'zod';
import { plainList, plainTags, text } from './wire.js';

const tuple = z.object({ ServerGroupId: z.string(), Weight: z.number().nullish() });
const forward = z.object({
  ServerGroupTuples: plainList(tuple),
  ServerGroupStickySession: z
    .object({ Enabled: z.boolean().nullish(), Timeout: z.number().nullish() })
    .nullish(),
});
const action = z.object({ Type: text, ForwardGroupConfig: forward.nullish() });

const badServer = z.object({ ServerIp: text, ServerId: text, Port: z.number().nullish() });
const groupHealth = z.object({ ServerGroupId: z.string(), NonNormalServers: plainList(badServer) });
export const healthAnswer = z.object({
  RuleHealthStatus: plainList(z.object({ RuleId: z.string(), ServerGroupInfos: plainList(groupHealth) })),
});

export const groupsAnswer = z.object({
  NextToken: text,
  ServerGroups: plainList(
    z.object({ ServerGroupId: z.string(), ServerGroupName: text, ServerGroupStatus: text, Tags: plainTags }),
  ),
});
export const groupCreatedAnswer = z.object({ ServerGroupId: z.string() });

const server = z.object({
  ServerId: z.string(),
  ServerIp: text,
  Port: z.number(),
  Weight: z.number().nullish(),
  Status: text,
  Description: text,
});
export type WireServer = z.infer<typeof server>;
export const serversAnswer = z.object({ NextToken: text, Servers: plainList(server) });

/** Kept whole, because a match copies the conditions of its route. */
const condition = z.looseObject({
  Type: text,
  HeaderConfig: z.object({ Key: text, Values: plainList(z.string()) }).nullish(),
  SourceIpConfig: z.object({ Values: plainList(z.string()) }).nullish(),
});
const rule = z.object({
  RuleId: z.string(),
  RuleName: text,
  RuleStatus: text,
  Priority: z.number(),
  RuleConditions: plainList(condition),
  RuleActions: plainList(action),
});
export type WireRule = z.infer<typeof rule>;
export const rulesAnswer = z.object({ NextToken: text, Rules: plainList(rule) });
