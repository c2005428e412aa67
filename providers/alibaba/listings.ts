import type { Page } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import { numberedPages, tokenPages } from './paging.js';
import type { Parameters } from './parameters.js';
import {
  addressesAnswer,
  disksAnswer,
  interfacesAnswer,
  type WireAddress,
  type WireDisk,
  type WireInterface,
} from './wire.js';

const PAGE_SIZE = 100;

export function disks(api: AlibabaApi, at: Scope, filter: Parameters): AsyncIterable<Page<WireDisk>> {
  return tokenPages(async (NextToken) => {
    const { Disks, NextToken: next } = await api.read(at, {
      product: 'ecs',
      action: 'DescribeDisks',
      parameters: { RegionId: at.region, MaxResults: PAGE_SIZE, NextToken, ...filter },
      answer: disksAnswer,
    });
    return { items: Disks, next };
  });
}

export function interfaces(
  api: AlibabaApi,
  at: Scope,
  filter: Parameters,
): AsyncIterable<Page<WireInterface>> {
  return tokenPages(async (NextToken) => {
    const { NetworkInterfaceSets, NextToken: next } = await api.read(at, {
      product: 'ecs',
      action: 'DescribeNetworkInterfaces',
      parameters: { RegionId: at.region, MaxResults: PAGE_SIZE, NextToken, ...filter },
      answer: interfacesAnswer,
    });
    return { items: NetworkInterfaceSets, next };
  });
}

export function addresses(api: AlibabaApi, at: Scope, filter: Parameters): AsyncIterable<Page<WireAddress>> {
  return numberedPages('public addresses', async (PageNumber) => {
    const { EipAddresses, TotalCount } = await api.read(at, {
      product: 'vpc',
      action: 'DescribeEipAddresses',
      parameters: { RegionId: at.region, PageSize: PAGE_SIZE, PageNumber, ...filter },
      answer: addressesAnswer,
    });
    return { items: EipAddresses, total: TotalCount };
  });
}
