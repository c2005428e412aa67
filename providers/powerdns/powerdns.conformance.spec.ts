import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { powerdnsConformance } from '../../test/yard/powerdns/powerdns-conformance.js';
import { manifest } from './index.js';

describeTrafficConformance(await powerdnsConformance(manifest));
