import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { tencentNamesConformance } from '../../test/yard/tencent/tencent-traffic-conformance.js';
import { manifest } from './index.js';

describeTrafficConformance(tencentNamesConformance(manifest));
