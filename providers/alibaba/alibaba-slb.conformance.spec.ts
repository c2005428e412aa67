import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { alibabaClassicConformance } from '../../test/yard/alibaba/alibaba-traffic-conformance.js';
import { manifest } from './index.js';

describeTrafficConformance(alibabaClassicConformance(manifest));
