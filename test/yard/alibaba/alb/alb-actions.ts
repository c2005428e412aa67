import type { ActionHandler } from '../api.js';
import {
  getListener,
  getListenerHealth,
  getLoadBalancer,
  listListeners,
  listLoadBalancers,
  updateListener,
} from './listeners.js';
import { createRule, deleteRule, listJobs, listRules, updateRule } from './rules.js';
import {
  addServers,
  createServerGroup,
  deleteServerGroup,
  listServerGroups,
  listServerGroupServers,
  removeServers,
  updateServers,
} from './server-groups.js';

export const ALB_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  ListLoadBalancers: listLoadBalancers,
  GetLoadBalancerAttribute: getLoadBalancer,
  ListListeners: listListeners,
  GetListenerAttribute: getListener,
  UpdateListenerAttribute: updateListener,
  GetListenerHealthStatus: getListenerHealth,
  ListRules: listRules,
  CreateRule: createRule,
  UpdateRuleAttribute: updateRule,
  DeleteRule: deleteRule,
  ListAsynJobs: listJobs,
  ListServerGroups: listServerGroups,
  ListServerGroupServers: listServerGroupServers,
  CreateServerGroup: createServerGroup,
  DeleteServerGroup: deleteServerGroup,
  AddServersToServerGroup: addServers,
  RemoveServersFromServerGroup: removeServers,
  UpdateServerGroupServersAttribute: updateServers,
};
