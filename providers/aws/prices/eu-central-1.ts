import type { PriceList } from '../price-list.js';

export const EU_CENTRAL_1: PriceList = {
  source: 'AWS EC2 on-demand price list for Linux, shared tenancy, Europe (Frankfurt)',
  asOf: '2026-01-01',
  currency: 'USD',
  perHour: {
    'eu-central-1': {
      't3.medium': '0.048',
      't3.large': '0.096',
      't3.xlarge': '0.192',
      'c6i.large': '0.097',
      'c6i.xlarge': '0.194',
      'c6i.2xlarge': '0.388',
      'm6i.large': '0.115',
      'm6i.xlarge': '0.23',
      'm6i.2xlarge': '0.46',
      'm6i.4xlarge': '0.92',
      'r6i.large': '0.152',
      'r6i.xlarge': '0.304',
      'r6i.2xlarge': '0.608',
    },
  },
};
