import type { CloudBook } from './cloud-book.js';
import { jsonAnswer, jsonError, type WireAnswer, type WireCall } from './query-protocol.js';
import { allows, type PolicyDocument } from './rights.js';

const STANDARD = {
  code: 'L-1216C47A',
  name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
};
const STANDARD_SPOT = {
  code: 'L-34B43A08',
  name: 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests',
};
/** What a yard without a limit of its own tells. */
const PLENTY = 100_000;

/** Service Quotas, of which the emulator knows VPC only. Rights are judged here, by the action alone. */
export class QuotaDesk {
  constructor(
    private readonly book: CloudBook,
    private readonly region: string,
    private readonly policy: PolicyDocument | undefined,
  ) {}

  answer(call: WireCall): WireAnswer {
    const action = `servicequotas:${call.action}`;
    if (this.policy !== undefined && !allows(this.policy, action)) {
      return jsonError(400, 'AccessDeniedException', `User is not authorized to perform: ${action}`);
    }
    const input = JSON.parse(call.body.toString('utf8')) as { ServiceCode?: string; QuotaCode?: string };
    if (input.ServiceCode !== 'ec2') return jsonError(400, 'NoSuchResourceException', 'No such service.');
    switch (call.action) {
      case 'ListServiceQuotas':
        return jsonAnswer({ Quotas: this.#quotas() });
      case 'GetServiceQuota': {
        const quota = this.#quotas().find(({ QuotaCode }) => QuotaCode === input.QuotaCode);
        if (quota !== undefined) return jsonAnswer({ Quota: quota });
        return jsonError(
          400,
          'NoSuchResourceException',
          'The request failed because the quota does not exist.',
        );
      }
      default:
        return jsonError(400, 'UnknownOperationException', `The yard has no ${call.action}.`);
    }
  }

  #quotas() {
    const { vcpuLimit, spotVcpuLimit } = this.book.settings;
    return [
      { ...STANDARD, value: vcpuLimit ?? PLENTY },
      { ...STANDARD_SPOT, value: spotVcpuLimit ?? PLENTY },
    ].map(({ code, name, value }) => ({
      ServiceCode: 'ec2',
      ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)',
      QuotaArn: `arn:aws:servicequotas:${this.region}:123456789012:ec2/${code}`,
      QuotaCode: code,
      QuotaName: name,
      Value: value,
      Unit: 'None',
      Adjustable: true,
      GlobalQuota: false,
    }));
  }
}
