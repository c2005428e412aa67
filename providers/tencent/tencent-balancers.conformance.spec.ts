import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { tencentBalancerConformance } from '../../test/yard/tencent/tencent-traffic-conformance.js';
import { manifest } from './index.js';

describeTrafficConformance(tencentBalancerConformance(manifest));
