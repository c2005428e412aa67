import { Controller } from '@nestjs/common';
import {
  BuiltClusterService,
  ClusterService,
  ManagedClusterService,
  ManagedNodePoolService,
  WorkloadService,
} from '@springtide/clusters';
import { routes } from '@springtide/contracts';
import { z } from 'zod';
import { cutPage, decodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class ClustersController {
  constructor(
    private readonly clusters: ClusterService,
    private readonly managed: ManagedClusterService,
    private readonly nodePools: ManagedNodePoolService,
    private readonly built: BuiltClusterService,
    private readonly workloads: WorkloadService,
  ) {}

  @Handle(routes.clusterRegister)
  async register({ ctx, body }: Parsed<typeof routes.clusterRegister>) {
    return await this.clusters.register(ctx, body);
  }

  @Handle(routes.clusterList)
  async list({ ctx }: Parsed<typeof routes.clusterList>) {
    return { items: await this.clusters.list(ctx) };
  }

  @Handle(routes.managedClusterCreate)
  async createManaged({ ctx, body }: Parsed<typeof routes.managedClusterCreate>) {
    return await this.managed.create(ctx, body);
  }

  @Handle(routes.managedClusterList)
  async listManaged({ ctx, query }: Parsed<typeof routes.managedClusterList>) {
    return { items: await this.managed.list(ctx, query.accountId, query.region) };
  }

  @Handle(routes.managedClusterRegister)
  async registerManaged({ ctx, body }: Parsed<typeof routes.managedClusterRegister>) {
    return await this.managed.register(ctx, body, body.name);
  }

  @Handle(routes.managedNodePoolScale)
  async scalePool({ ctx, params, body, version }: Parsed<typeof routes.managedNodePoolScale>) {
    return await this.nodePools.scale(ctx, params, body.nodes, version);
  }

  @Handle(routes.managedClusterRemove)
  async removeManaged({ ctx, params }: Parsed<typeof routes.managedClusterRemove>) {
    return { outcome: await this.managed.remove(ctx, params) };
  }

  @Handle(routes.builtClusterBuild)
  async build({ ctx, body }: Parsed<typeof routes.builtClusterBuild>) {
    return await this.built.build(ctx, body);
  }

  @Handle(routes.builtClusterList)
  async listBuilt({ ctx }: Parsed<typeof routes.builtClusterList>) {
    return { items: await this.built.list(ctx) };
  }

  @Handle(routes.builtClusterAdvance)
  async advanceBuilt({ ctx, params }: Parsed<typeof routes.builtClusterAdvance>) {
    return await this.built.advance(ctx, params.id);
  }

  @Handle(routes.builtClusterRelease)
  async releaseBuilt({ ctx, params }: Parsed<typeof routes.builtClusterRelease>) {
    return await this.built.release(ctx, params.id);
  }

  @Handle(routes.nodeList)
  async listNodes({ ctx, params }: Parsed<typeof routes.nodeList>) {
    return { items: await this.clusters.nodes(ctx, params.id) };
  }

  @Handle(routes.nodeOpen)
  async open({ ctx, params, body }: Parsed<typeof routes.nodeOpen>) {
    await this.clusters.setSchedulable(ctx, params.id, params.node, body.schedulable);
  }

  @Handle(routes.nodeDrain)
  async drain({ ctx, params, body }: Parsed<typeof routes.nodeDrain>) {
    return await this.clusters.drain(ctx, params.id, params.node, body);
  }

  @Handle(routes.nodeRemove)
  async removeNode({ ctx, params }: Parsed<typeof routes.nodeRemove>) {
    await this.clusters.removeNode(ctx, params.id, params.node);
  }

  @Handle(routes.workloadApply)
  async apply({ ctx, body }: Parsed<typeof routes.workloadApply>) {
    return await this.workloads.apply(ctx, body);
  }

  @Handle(routes.workloadList)
  async listWorkloads({ ctx, query }: Parsed<typeof routes.workloadList>) {
    const afterId = decodeCursor(query.cursor, z.string());
    const { limit, clusterId } = query;
    const rows = await this.workloads.list(ctx, { limit: limit + 1, clusterId, afterId });
    return cutPage(rows, limit, (workload) => workload.id);
  }

  @Handle(routes.workloadGet)
  async get({ ctx, params }: Parsed<typeof routes.workloadGet>) {
    return await this.workloads.get(ctx, params.id);
  }

  @Handle(routes.workloadScale)
  async scale({ ctx, params, body }: Parsed<typeof routes.workloadScale>) {
    return await this.workloads.scale(ctx, params.id, body.replicas);
  }

  @Handle(routes.workloadRollBack)
  async rollBack({ ctx, params }: Parsed<typeof routes.workloadRollBack>) {
    return await this.workloads.rollBack(ctx, params.id);
  }

  @Handle(routes.workloadRemove)
  async remove({ ctx, params, query }: Parsed<typeof routes.workloadRemove>) {
    return { outcome: await this.workloads.remove(ctx, params.id, query.volumes) };
  }
}
