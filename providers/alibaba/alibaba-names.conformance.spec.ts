import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { alibabaNamesConformance } from '../../test/yard/alibaba/alibaba-traffic-conformance.js';
import { manifest } from './index.js';

describeTrafficConformance(alibabaNamesConformance(manifest));
