import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { awsTrafficConformance } from '../../../test/yard/aws/aws-traffic-conformance.js';
import { manifest } from '../index.js';

describeTrafficConformance(await awsTrafficConformance(manifest));
