import type {
  CampaignInput,
  CapacityFitBody,
  CapacityFitInput,
  DemandForecastBody,
  DemandForecastInput,
  DemandReference,
  DemandSeriesInput,
  DemandSeriesSummary,
  HistoryBasis,
} from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import { findSeries, insertSeries, listSeries, type StoredSeries } from './data/demand.repository.js';
import {
  demandByPhase,
  fitCapacity,
  forecastFromHistory,
  parseCapacitySamples,
  parseDemandCsv,
  quantilesOf,
  resample,
  samplesFromMetrics,
  usualShare,
  type CapacitySample,
  type DemandForecast,
  type DemandSample,
} from './domain/index.js';
import type { PrometheusReader } from './prometheus-reader.js';

const MOST_STEPS = 200_000;

type Phases = CampaignInput['phases'];

/** Demand as it was, and as it is expected. Nothing here buys anything. */
export class DemandService {
  constructor(
    private readonly database: Database,
    private readonly prometheus: PrometheusReader,
    private readonly clock: Clock,
  ) {}

  async import(ctx: RequestContext, input: DemandSeriesInput): Promise<DemandSeriesSummary> {
    requirePermission(ctx, 'campaign:write');
    const { name, source } = input;
    const samples = await this.samplesOf(input);
    const stepMs = input.stepSeconds * 1_000;
    const series = resample(samples, { stepMs, filling: input.filling, mostSteps: MOST_STEPS });
    const createdAt = toInstant(this.clock.now());
    const given = { id: newId(), name, source: source.kind, series, createdAt, createdBy: ctx.actor.id };
    return await this.database.unitOfWork(ctx, async (tx) => {
      const summary = await insertSeries(tx, ctx.tenantId, given);
      await recordAudit(tx, ctx, {
        action: 'demand.import',
        target: { kind: 'demand-series', id: given.id },
        after: { name, source: source.kind, steps: summary.steps },
        show: ['name', 'source', 'steps'],
        at: createdAt,
      });
      return summary;
    });
  }

  async list(
    ctx: RequestContext,
    page: Readonly<{ limit: number; after?: Readonly<{ at: string; id: string }> }>,
  ): Promise<readonly DemandSeriesSummary[]> {
    requirePermission(ctx, 'campaign:read');
    return await this.database.unitOfWork(ctx, (tx) => listSeries(tx, page));
  }

  /** @throws not-found. */
  async get(ctx: RequestContext, id: string): Promise<StoredSeries> {
    requirePermission(ctx, 'campaign:read');
    const found = await this.database.unitOfWork(ctx, (tx) => findSeries(tx, id));
    if (found !== undefined) return found;
    throw new SpringtideError('not-found', `there is no demand series ${id}`);
  }

  async forecast(ctx: RequestContext, input: DemandForecastInput): Promise<DemandForecastBody> {
    requirePermission(ctx, 'campaign:read');
    const { basis, phases } = input;
    if (basis.kind === 'history') {
      const forecast = await this.fromHistory(ctx, basis, phases);
      const text = `history from ${basis.historyStartsAt}, times ${basis.multiple}, ${spread(basis.levelSigma)}`;
      return { phases: [...demandByPhase(forecast, phases)], basis: text };
    }
    const { peak, shares, levelSigma } = basis;
    const shaped = phases.map(({ name }) => ({
      phase: name,
      ...quantilesOf(peak * (shares[name] ?? usualShare(name)), levelSigma),
    }));
    return { phases: shaped, basis: `a peak of ${peak}, shaped by phase, ${spread(levelSigma)}` };
  }

  /** The campaign with the demand it takes from history written out; what it says itself counts before that. */
  async written(ctx: RequestContext, input: CampaignInput): Promise<CampaignInput> {
    const references = input.demandFrom ?? [];
    const read: CampaignInput['demand'] = [];
    for (const reference of references) read.push(...(await this.demandOf(ctx, reference, input.phases)));
    const own = new Set(input.demand.map(({ service, phase }) => `${service}/${phase}`));
    const more = read.filter(({ service, phase }) => !own.has(`${service}/${phase}`));
    return { ...input, demand: [...input.demand, ...more] };
  }

  /** From samples of a load test, or by regression from metrics of a machine while it served. */
  async fitCapacity(ctx: RequestContext, input: CapacityFitInput): Promise<CapacityFitBody> {
    requirePermission(ctx, input.metrics === undefined ? 'template:read' : 'template:write');
    const fit = fitCapacity(await this.capacitySamples(input), input.latencyTargetMs);
    const { requestsPerSecond, latencyTargetMs, evidence: found, ...rest } = fit;
    const { metrics } = input;
    const evidence =
      metrics === undefined ? found : `${found}; metrics from ${metrics.from} to ${metrics.to}`;
    const rule = { machineType: input.machineType, requestsPerSecond, latencyTargetMs, evidence };
    return { rule, ...rest };
  }

  private async capacitySamples({ samples, metrics }: CapacityFitInput): Promise<readonly CapacitySample[]> {
    if (samples !== undefined && metrics === undefined) return parseCapacitySamples(samples);
    if (metrics === undefined || samples !== undefined) {
      throw new SpringtideError(
        'invalid-argument',
        'a capacity is read off samples or off metrics, one of the two; nothing was concluded',
      );
    }
    const { url, rate, latencyMs, utilisation, from, to, stepSeconds } = metrics;
    const steps = (Date.parse(to) - Date.parse(from)) / 1_000 / stepSeconds;
    if (steps > MOST_STEPS) throw tooLong(Math.ceil(steps));
    const read = async (query: string) => await this.prometheus.range({ url, query, from, to, stepSeconds });
    return samplesFromMetrics({
      rate: await read(rate),
      latencyMs: await read(latencyMs),
      utilisation: utilisation === undefined ? [] : await read(utilisation),
    });
  }

  private async samplesOf(input: DemandSeriesInput): Promise<readonly DemandSample[]> {
    const { source, stepSeconds } = input;
    if (source.kind === 'csv') return parseDemandCsv(source.text);
    const steps = (Date.parse(source.to) - Date.parse(source.from)) / 1_000 / stepSeconds;
    if (steps > MOST_STEPS) throw tooLong(Math.ceil(steps));
    return await this.prometheus.range({ ...source, stepSeconds });
  }

  private async demandOf(
    ctx: RequestContext,
    reference: DemandReference,
    phases: Phases,
  ): Promise<CampaignInput['demand']> {
    const forecast = await this.fromHistory(ctx, reference, phases);
    return demandByPhase(forecast, phases).map((quantiles) => ({
      service: reference.service,
      phase: quantiles.phase,
      requestsPerSecond: Math.round(quantiles[reference.quantile] * 100) / 100,
    }));
  }

  private async fromHistory(
    ctx: RequestContext,
    basis: HistoryBasis,
    phases: Phases,
  ): Promise<DemandForecast> {
    const { series } = await this.get(ctx, basis.seriesId);
    const startsAt = phases[0]?.startsAt;
    const endsAt = phases.at(-1)?.endsAt;
    if (startsAt === undefined || endsAt === undefined) {
      throw new SpringtideError(
        'invalid-argument',
        'a forecast needs a phase at least; nothing was forecast',
      );
    }
    return forecastFromHistory(series, { ...basis, startsAt, endsAt });
  }
}

function spread(levelSigma: number): string {
  return `level uncertain by ${Math.round(levelSigma * 100)} % either way`;
}

function tooLong(steps: number): SpringtideError {
  return new SpringtideError(
    'invalid-argument',
    `the series would have ${steps} steps, more than the ${MOST_STEPS} that are kept; nothing was stored`,
    { nextStep: 'Take a shorter period, or a larger step.' },
  );
}
