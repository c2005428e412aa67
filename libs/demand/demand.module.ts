import { Module } from '@nestjs/common';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, ENDPOINT_GATE, type EndpointGate } from '@springtide/platform';
import { CalendarService } from './calendar.service.js';
import { DemandService } from './demand.service.js';
import { PrometheusReader } from './prometheus-reader.js';

@Module({
  providers: [
    {
      provide: PrometheusReader,
      useFactory: (gate: EndpointGate) => new PrometheusReader(gate),
      inject: [ENDPOINT_GATE],
    },
    {
      provide: DemandService,
      useFactory: (database: Database, prometheus: PrometheusReader, clock: Clock) =>
        new DemandService(database, prometheus, clock),
      inject: [Database, PrometheusReader, CLOCK],
    },
    {
      provide: CalendarService,
      useFactory: (database: Database, clock: Clock) => new CalendarService(database, clock),
      inject: [Database, CLOCK],
    },
  ],
  exports: [CalendarService, DemandService, PrometheusReader],
})
export class DemandModule {}
