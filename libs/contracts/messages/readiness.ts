/** A campaign whose plan waits for its first phase. */
export type WaitingCampaign = Readonly<{ tenantId: string; campaignId: string }>;

export interface ReadinessActivities {
  /** Over all tenants: planned, not yet running, and soon enough that what is found can still be settled. */
  waitingCampaigns(): Promise<readonly WaitingCampaign[]>;
  /** Measures and keeps the result. What cannot be checked is logged and tried again at the next pass. */
  checkReadiness(campaign: WaitingCampaign): Promise<void>;
}
