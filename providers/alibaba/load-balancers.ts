import { SpringtideError } from '@springtide/kernel';
import type { Page, Resource } from '@springtide/provider-kit';
import { z } from 'zod';
import type { AlibabaApi, Scope } from './api.js';
import { relation } from './mapping.js';
import { numberedPages, tokenPages } from './paging.js';
import { toResource } from './resource-mapping.js';
import { otherTags, plainList, plainTags, text, wrapped } from './wire.js';

const PAGE_SIZE = 100;

const applicationAnswer = z.object({
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
      Tags: plainTags,
    }),
  ),
});

const classicAnswer = z.object({
  TotalCount: z.number(),
  LoadBalancers: wrapped(
    'LoadBalancer',
    z.object({
      LoadBalancerId: z.string(),
      LoadBalancerName: text,
      LoadBalancerStatus: text,
      Address: text,
      AddressType: text,
      VpcId: text,
      VSwitchId: text,
      MasterZoneId: text,
      CreateTime: text,
      Tags: otherTags,
    }),
  ),
});

/** Of both products; a deployment that lacks one of them has the other. */
export async function* balancerResources(api: AlibabaApi, at: Scope): AsyncGenerator<Page<Resource>> {
  yield* known(applicationBalancers(api, at), false);
  yield* known(classicBalancers(api, at), true);
}

async function* known(pages: AsyncIterable<Page<Resource>>, last: boolean): AsyncGenerator<Page<Resource>> {
  try {
    for await (const { items, complete } of pages) yield { items, complete: complete && last };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError) || thrown.code !== 'unsupported') throw thrown;
    yield { items: [], complete: last };
  }
}

async function* applicationBalancers(api: AlibabaApi, at: Scope): AsyncGenerator<Page<Resource>> {
  const pages = tokenPages(async (NextToken) => {
    const answer = await api.read(at, {
      product: 'alb',
      action: 'ListLoadBalancers',
      parameters: { RegionId: at.region, MaxResults: PAGE_SIZE, NextToken },
      answer: applicationAnswer,
    });
    return { items: answer.LoadBalancers, next: answer.NextToken };
  });
  for await (const { items, complete } of pages) {
    const resources = items.map((balancer) =>
      toResource({
        kind: 'load-balancer',
        id: balancer.LoadBalancerId,
        name: balancer.LoadBalancerName,
        region: at.region,
        state: balancer.LoadBalancerStatus,
        facts: { use: 'application', domainName: balancer.DNSName, reach: balancer.AddressType },
        tags: balancer.Tags,
        relations: [relation('inside', 'router', balancer.VpcId)],
        createdAt: balancer.CreateTime,
      }),
    );
    yield { items: resources, complete };
  }
}

async function* classicBalancers(api: AlibabaApi, at: Scope): AsyncGenerator<Page<Resource>> {
  const pages = numberedPages('classic load balancers', async (PageNumber) => {
    const answer = await api.read(at, {
      product: 'slb',
      action: 'DescribeLoadBalancers',
      parameters: { RegionId: at.region, PageSize: PAGE_SIZE, PageNumber },
      answer: classicAnswer,
    });
    return { items: answer.LoadBalancers, total: answer.TotalCount };
  });
  for await (const { items, complete } of pages) {
    const resources = items.map((balancer) =>
      toResource({
        kind: 'load-balancer',
        id: balancer.LoadBalancerId,
        name: balancer.LoadBalancerName,
        region: at.region,
        zone: balancer.MasterZoneId,
        state: balancer.LoadBalancerStatus,
        facts: { use: 'classic', address: balancer.Address, reach: balancer.AddressType },
        tags: balancer.Tags,
        relations: [
          relation('inside', 'network', balancer.VSwitchId),
          relation('inside', 'router', balancer.VpcId),
        ],
        createdAt: balancer.CreateTime,
      }),
    );
    yield { items: resources, complete };
  }
}
