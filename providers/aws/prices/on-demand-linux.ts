import type { PriceList } from '../price-list.js';

/** Read from a machine-collected copy of AWS's price list; every row was seen there. */
export const COLLECTED: PriceList = {
  source:
    'AWS on-demand prices, Linux, shared tenancy, as collected in skypilot-org/skypilot-catalog ' +
    '(catalogs/v7/aws/vms.csv, commit 27f67dd4, Apache-2.0)',
  asOf: '2026-11-22',
  currency: 'USD',
  perHour: {
    'us-east-1': {
      'c6g.xlarge': '0.136',
      'c6i.2xlarge': '0.34',
      'c6i.4xlarge': '0.68',
      'c6i.8xlarge': '1.36',
    },
    'us-east-2': {
      'c6g.xlarge': '0.136',
      'c6i.2xlarge': '0.34',
      'c6i.4xlarge': '0.68',
      'c6i.8xlarge': '1.36',
    },
    'us-west-2': {
      'c6g.xlarge': '0.136',
      'c6i.2xlarge': '0.34',
      'c6i.4xlarge': '0.68',
      'c6i.8xlarge': '1.36',
    },
    'eu-central-1': {
      'c6g.xlarge': '0.1552',
      'c6i.2xlarge': '0.388',
      'c6i.4xlarge': '0.776',
      'c6i.8xlarge': '1.552',
    },
    'eu-west-1': {
      'c6g.xlarge': '0.1459',
      'c6i.2xlarge': '0.3648',
      'c6i.4xlarge': '0.7296',
      'c6i.8xlarge': '1.4592',
    },
    'ap-northeast-1': {
      'c6i.large': '0.107',
      'c6i.4xlarge': '0.856',
      'c6i.8xlarge': '1.712',
    },
    'ap-southeast-1': {
      'c6g.xlarge': '0.1568',
      'c6i.large': '0.098',
      'c6i.2xlarge': '0.392',
      'c6i.4xlarge': '0.784',
      'c6i.8xlarge': '1.568',
    },
    'ap-southeast-2': {
      'c6g.xlarge': '0.1776',
      'c6i.large': '0.111',
      'c6i.2xlarge': '0.444',
      'c6i.4xlarge': '0.888',
      'c6i.8xlarge': '1.776',
    },
  },
};

/** The sizes that the copy above was not read for. */
export const FRANKFURT: PriceList = {
  source: 'AWS on-demand prices, Linux, shared tenancy, Europe (Frankfurt), public tables of 2026',
  asOf: '2026-11-22',
  currency: 'USD',
  perHour: {
    'eu-central-1': {
      't3.medium': '0.048',
      't3.large': '0.096',
      't3.xlarge': '0.192',
      'c6i.large': '0.097',
      'c6i.xlarge': '0.194',
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
