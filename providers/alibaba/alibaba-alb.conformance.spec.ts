import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { alibabaTrafficConformance } from '../../test/yard/alibaba/alibaba-traffic-conformance.js';
import { manifest } from './index.js';

describeTrafficConformance(alibabaTrafficConformance(manifest));
