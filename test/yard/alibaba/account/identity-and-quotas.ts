import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import { ACCOUNT_ID } from '../seed.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { WireError } from '../wire/wire-error.js';

function getCallerIdentity(_cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return {
    AccountId: ACCOUNT_ID,
    IdentityType: 'RAMUser',
    Arn: `acs:ram::${ACCOUNT_ID}:user/${call.caller.accessKeyId}`,
    PrincipalId: call.caller.accessKeyId,
    UserId: call.caller.accessKeyId,
    RoleId: '',
  };
}

export const STS_ACTIONS: Readonly<Record<string, ActionHandler>> = { GetCallerIdentity: getCallerIdentity };

const UNLIMITED = 1_000_000;
const ON_DEMAND = 'q_vcpu-ecs-postpaid';
const SPOT = 'q_vcpu-ecs-spot';

function quotaRows(cloud: AlibabaCloud, regionId: string): readonly AnswerBody[] {
  const { vcpuLimit, spotVcpuLimit, ratesPerMinute } = cloud.settings;
  const row = (code: string, name: string, total: number, usage: number, category: string): AnswerBody => ({
    ProductCode: 'ecs',
    QuotaActionCode: code,
    QuotaName: name,
    QuotaDescription: name,
    QuotaCategory: category,
    QuotaUnit: 'Count',
    TotalQuota: total,
    TotalUsage: usage,
    Adjustable: true,
    Consumable: category === 'CommonQuota',
    Dimensions: { regionId },
  });
  const used = (spot: boolean): number => cloud.machines.vcpusIn(regionId, spot);
  return [
    row(ON_DEMAND, 'vCPUs of pay-as-you-go instances', vcpuLimit ?? UNLIMITED, used(false), 'CommonQuota'),
    row(SPOT, 'vCPUs of spot instances', spotVcpuLimit ?? UNLIMITED, used(true), 'CommonQuota'),
    ...Object.entries(ratesPerMinute)
      .filter(([name]) => name.startsWith('ecs:'))
      .map(([name, rate]) => row(name.slice(4), `${name} per minute`, rate, 0, 'FlowControl')),
  ];
}

function listProductQuotas(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const category = call.text('QuotaCategory') ?? 'CommonQuota';
  const code = call.text('QuotaActionCode');
  const rows =
    call.need('ProductCode') === 'ecs'
      ? quotaRows(cloud, regionOf(call)).filter(
          (row) =>
            row['QuotaCategory'] === category && (code === undefined || code === row['QuotaActionCode']),
        )
      : [];
  return {
    TotalCount: rows.length,
    MaxResults: call.number('MaxResults') ?? 30,
    NextToken: '',
    Quotas: rows,
  };
}

function getProductQuota(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const code = call.need('QuotaActionCode');
  const row = quotaRows(cloud, regionOf(call)).find((each) => each['QuotaActionCode'] === code);
  if (row === undefined || call.need('ProductCode') !== 'ecs') {
    throw new WireError(404, 'QUOTA.NOT.FOUND', 'The quota does not exist.');
  }
  return { Quota: row };
}

function regionOf(call: ApiCall): string {
  const dimension = call.records('Dimensions').find((each) => each.get('Key') === 'regionId');
  return dimension?.get('Value') ?? call.region ?? 'cn-hangzhou';
}

export const QUOTA_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  ListProductQuotas: listProductQuotas,
  GetProductQuota: getProductQuota,
};
