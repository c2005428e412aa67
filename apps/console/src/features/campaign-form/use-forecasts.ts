import { useQueries } from '@tanstack/react-query';
import { routes, type PhaseName } from '@springtide/contracts';
import { useSession } from '../../app/session.js';
import { useRested } from '../../shared/ui/use-rested.js';
import type { Draft } from './draft.js';
import { inputOf, referenceOf } from './draft-input.js';

/** Numbers that are being typed are asked for once they rest. */
const REST_MS = 400;
const FRESH_MS = 60_000;

export type Forecast = Readonly<{
  demand: ReadonlyMap<PhaseName, number> | undefined;
  thinking: boolean;
  error: Error | null;
}>;

/** What history says of the services whose demand is taken from it, by service; nothing is kept of it. */
export function useForecasts(draft: Draft, services: readonly string[]): ReadonlyMap<string, Forecast> {
  const { client } = useSession();
  const { phases } = inputOf(draft, []);
  const whole = phases.length > 0 && phases.length === draft.phases.length;
  const references = whole ? services.flatMap((service) => referenceOf(draft, service) ?? []) : [];
  const asked = JSON.stringify({ phases, references });
  const rested = JSON.parse(useRested(asked, REST_MS)) as {
    phases: typeof phases;
    references: typeof references;
  };
  const answers = useQueries({
    queries: rested.references.map(({ seriesId, historyStartsAt, multiple, levelSigma }) => ({
      queryKey: [
        routes.demandForecast.id,
        ...[rested.phases, seriesId, historyStartsAt, multiple, levelSigma],
      ],
      queryFn: async () =>
        await client.call(routes.demandForecast, {
          body: {
            phases: rested.phases,
            basis: { kind: 'history', seriesId, historyStartsAt, multiple, levelSigma },
          },
        }),
      staleTime: FRESH_MS,
      retry: false,
    })),
  });
  return new Map(
    rested.references.map(({ service, quantile }, index) => {
      const answer = answers[index];
      const rows = answer?.data?.phases.map(
        (row) => [row.phase, Math.round(row[quantile] * 100) / 100] as const,
      );
      const forecast: Forecast = {
        demand: rows && new Map(rows),
        thinking: answer?.isPending ?? false,
        error: answer?.error ?? null,
      };
      return [service, forecast] as const;
    }),
  );
}
