import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { awsNamesConformance } from '../../../test/yard/aws/aws-names-conformance.js';
import { manifest } from '../index.js';

describeTrafficConformance(await awsNamesConformance(manifest));
