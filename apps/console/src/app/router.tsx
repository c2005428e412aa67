import { Navigate, createBrowserRouter, type RouteObject } from 'react-router';
import { openChapter } from '../i18n/language.js';
import { Frame } from './frame.js';
import { PageFault } from './page-fault.js';

/** Every page is loaded when it is first asked for. */
const campaignPages: RouteObject[] = [
  { index: true, element: <Navigate to="overview" replace /> },
  {
    path: 'overview',
    lazy: async () => ({ Component: (await import('../features/campaigns/overview-page.js')).OverviewPage }),
  },
  {
    path: 'plan',
    lazy: async () => ({ Component: (await import('../features/plan/plan-page.js')).PlanPage }),
  },
  {
    path: 'compare',
    lazy: async () => ({ Component: (await import('../features/comparison/compare-page.js')).ComparePage }),
  },
  {
    path: 'rehearsal',
    lazy: async () => ({
      Component: (await import('../features/rehearsals/rehearsal-page.js')).RehearsalPage,
    }),
  },
  {
    path: 'readiness',
    lazy: async () => ({
      Component: (await import('../features/readiness/readiness-page.js')).ReadinessPage,
    }),
  },
  {
    path: 'approval',
    lazy: async () => ({ Component: (await import('../features/approvals/approval-page.js')).ApprovalPage }),
  },
  { path: 'run', lazy: async () => ({ Component: (await import('../features/runs/run-page.js')).RunPage }) },
  {
    path: 'report',
    lazy: async () => ({ Component: (await import('../features/report/report-page.js')).ReportPage }),
  },
  {
    path: 'cost',
    lazy: async () => ({ Component: (await import('../features/cost/cost-page.js')).CostPage }),
  },
];

const entrancePages: RouteObject[] = [
  {
    path: 'routes',
    lazy: async () => {
      await openChapter('entrance');
      return { Component: (await import('../features/entrances/entrances-page.js')).EntrancesPage };
    },
  },
  {
    path: 'routes/new',
    lazy: async () => {
      await openChapter('entrance');
      return { Component: (await import('../features/entrances/new-entrance-page.js')).NewEntrancePage };
    },
  },
  {
    path: 'routes/:id',
    lazy: async () => {
      await openChapter('entrance');
      return { Component: (await import('../features/entrances/entrance-page.js')).EntrancePage };
    },
  },
];

const templatePages: RouteObject[] = [
  {
    path: 'templates',
    lazy: async () => {
      await openChapter('template');
      return { Component: (await import('../features/templates/templates-page.js')).TemplatesPage };
    },
  },
  {
    path: 'templates/new',
    lazy: async () => {
      await openChapter('template');
      return { Component: (await import('../features/templates/template-form-pages.js')).NewTemplatePage };
    },
  },
  {
    path: 'templates/:id',
    lazy: async () => {
      await openChapter('template');
      return { Component: (await import('../features/templates/template-page.js')).TemplatePage };
    },
  },
  {
    path: 'templates/:id/edit',
    lazy: async () => {
      await openChapter('template');
      return { Component: (await import('../features/templates/template-form-pages.js')).EditTemplatePage };
    },
  },
];

export const router = createBrowserRouter([
  {
    path: '/',
    element: <Frame />,
    errorElement: <PageFault />,
    children: [
      { index: true, element: <Navigate to="/campaigns" replace /> },
      {
        path: 'campaigns',
        lazy: async () => ({
          Component: (await import('../features/campaigns/campaigns-page.js')).CampaignsPage,
        }),
      },
      {
        path: 'campaigns/new',
        lazy: async () => {
          await openChapter('campaign-form');
          return {
            Component: (await import('../features/campaign-form/new-campaign-page.js')).NewCampaignPage,
          };
        },
      },
      {
        path: 'campaigns/:id/edit',
        lazy: async () => {
          await openChapter('campaign-form');
          return {
            Component: (await import('../features/campaign-form/edit-campaign-page.js')).EditCampaignPage,
          };
        },
      },
      {
        path: 'campaigns/:id',
        lazy: async () => ({
          Component: (await import('../features/campaigns/campaign-page.js')).CampaignPage,
        }),
        children: campaignPages,
      },
      {
        path: 'calendar',
        lazy: async () => ({
          Component: (await import('../features/calendar/calendar-page.js')).CalendarPage,
        }),
      },
      {
        path: 'scaling',
        lazy: async () => {
          await Promise.all([openChapter('scaling'), openChapter('scaling-form')]);
          return { Component: (await import('../features/scaling/scaling-page.js')).ScalingPage };
        },
      },
      {
        path: 'approvals',
        lazy: async () => ({ Component: (await import('../features/approvals/inbox-page.js')).InboxPage }),
      },
      {
        path: 'stuck',
        lazy: async () => ({ Component: (await import('../features/stuck/stuck-page.js')).StuckPage }),
      },
      {
        path: 'accounts',
        lazy: async () => ({
          Component: (await import('../features/accounts/accounts-page.js')).AccountsPage,
        }),
      },
      {
        path: 'accounts/new',
        lazy: async () => {
          await openChapter('account-form');
          return { Component: (await import('../features/account-form/new-account-page.js')).NewAccountPage };
        },
      },
      {
        path: 'accounts/:id/edit',
        lazy: async () => {
          await openChapter('account-form');
          return {
            Component: (await import('../features/account-form/edit-account-page.js')).EditAccountPage,
          };
        },
      },
      {
        path: 'accounts/:id',
        lazy: async () => ({ Component: (await import('../features/accounts/account-page.js')).AccountPage }),
      },
      ...entrancePages,
      ...templatePages,
      {
        path: 'clusters',
        lazy: async () => ({
          Component: (await import('../features/clusters/clusters-page.js')).ClustersPage,
        }),
      },
      {
        path: 'clusters/:id',
        lazy: async () => ({ Component: (await import('../features/clusters/cluster-page.js')).ClusterPage }),
      },
      {
        path: 'machines',
        lazy: async () => ({
          Component: (await import('../features/machines/machines-page.js')).MachinesPage,
        }),
      },
      {
        path: 'inventory',
        lazy: async () => ({
          Component: (await import('../features/inventory/inventory-page.js')).InventoryPage,
        }),
      },
      {
        path: 'inventory/:id',
        lazy: async () => ({
          Component: (await import('../features/inventory/resource-page.js')).ResourcePage,
        }),
      },
      {
        path: 'topology',
        lazy: async () => ({
          Component: (await import('../features/topology/topology-page.js')).TopologyPage,
        }),
      },
      {
        path: 'audit',
        lazy: async () => ({ Component: (await import('../features/audit/audit-page.js')).AuditPage }),
      },
      { path: '*', lazy: async () => ({ Component: (await import('./missing-page.js')).MissingPage }) },
    ],
  },
]);
