/** A campaign whose plan waits for its first phase. */
export type WaitingCampaign = Readonly<{ tenantId: string; campaignId: string }>;

export type ProbeInput = Readonly<{ tenantId: string; probeId: string }>;

export interface ReadinessActivities {
  /** One step of a probe: buy, wait, take back. `waitMs` until the next one; null: its machine is gone. */
  lookAtProbe(probe: ProbeInput): Promise<{ waitMs: number | null }>;
  /** Over all tenants: planned, not yet running, and soon enough that what is found can still be settled. */
  waitingCampaigns(): Promise<readonly WaitingCampaign[]>;
  /** Measures and keeps the result. What cannot be checked is logged and tried again at the next pass. */
  checkReadiness(campaign: WaitingCampaign): Promise<void>;
}
