import {
  routes,
  type AccountBody,
  type CalendarBody,
  type DemandSeriesSummary,
  type TemplateBody,
} from '@springtide/contracts';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useNow } from '../../shared/ui/use-now.js';

const MOST = { query: { limit: 200 } };
const CLOUDS = ['public-cloud', 'private-cloud'] as const satisfies readonly AccountBody['kind'][];

/** What there is to choose from. */
export type FormFacts = Readonly<{
  nowMs: number;
  /** The newest version of each, and the one that is chosen. */
  templates: readonly TemplateBody[];
  template: TemplateBody | undefined;
  clouds: readonly AccountBody[];
  series: readonly DemandSeriesSummary[];
  years: readonly Readonly<{ year: number; calendar: CalendarBody }>[];
  /** Why something of it is missing. */
  errors: readonly Error[];
  loading: boolean;
}>;

export function useFormFacts(templateId: string | null): FormFacts {
  const nowMs = useNow(60_000);
  const year = new Date(nowMs).getUTCFullYear();
  const templates = useAnswer(routes.templateList, MOST);
  const listed = templates.data?.items.find(({ id }) => id === templateId);
  const older = useAnswer(
    routes.templateGet,
    { params: { id: templateId ?? '' } },
    { enabled: templateId !== null && templates.data !== undefined && listed === undefined },
  );
  const accounts = useAnswer(routes.accountList, MOST);
  const series = useAnswer(routes.demandList, MOST);
  const thisYear = useAnswer(routes.calendar, { query: { year } });
  const nextYear = useAnswer(routes.calendar, { query: { year: year + 1 } });
  const template = listed ?? (templateId === null ? undefined : older.data);
  return {
    nowMs,
    templates: [...(templates.data?.items ?? []), ...(template && !listed ? [template] : [])],
    template,
    clouds: (accounts.data?.items ?? []).filter(({ kind }) => CLOUDS.some((one) => one === kind)),
    series: series.data?.items ?? [],
    years: [
      ...(thisYear.data ? [{ year, calendar: thisYear.data }] : []),
      ...(nextYear.data ? [{ year: year + 1, calendar: nextYear.data }] : []),
    ],
    errors: [templates, older, accounts, series, thisYear, nextYear].flatMap(({ error }) => error ?? []),
    loading: templates.isPending || accounts.isPending,
  };
}
