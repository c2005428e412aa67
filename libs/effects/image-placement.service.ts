import type { PlacedImageBody, PlaceImageInput } from '@springtide/contracts';
import { requirePermission } from '@springtide/identity';
import type { RequestContext } from '@springtide/platform';
import type { EffectLedger } from './ledger.service.js';

/** Lays images where machines will be made of them, days before the peak and not in it. */
export class ImagePlacement {
  constructor(private readonly ledger: EffectLedger) {}

  /** Absolute: the same order again brings the zone into step again. @throws timeout while it is still being copied. */
  async place(ctx: RequestContext, input: PlaceImageInput): Promise<PlacedImageBody> {
    requirePermission(ctx, 'inventory:write');
    const { tenantId } = ctx;
    const { accountId, region, zone, image } = input;
    const step = `image/${zone}/${image}`;
    const owner = { tenantId, runId: accountId, campaignId: null, service: null, poolId: null };
    const { installation, clouds } = this.ledger.dependencies;
    return await this.ledger.set(
      { ...owner, accountId, region, step, batch: 0, fence: 0 },
      { zone, image },
      async (deadline) => {
        const client = await clouds.open(tenantId, accountId);
        const ownership = { installation, tenant: tenantId, intent: accountId, token: step };
        const placed = await client.images.placeImage({ region, zone, image, ownership }, { deadline });
        const { digest = null, syncedAt = null } = placed;
        return { image: placed.image, zone: placed.zone, digest, syncedAt };
      },
    );
  }
}
