import { Module, type FactoryProvider, type Type } from '@nestjs/common';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { ApprovalService } from './approval.service.js';
import { AuditService } from './audit.service.js';
import { TenantService } from './installation.js';
import { TokenService } from './token.service.js';
import { UserService } from './user.service.js';

function service<T>(kind: new (database: Database, clock: Clock) => T): FactoryProvider<T> {
  return {
    provide: kind as Type<T>,
    useFactory: (database: Database, clock: Clock) => new kind(database, clock),
    inject: [Database, CLOCK],
  };
}

const services = [ApprovalService, AuditService, TenantService, TokenService, UserService] as const;

@Module({
  providers: [
    service(ApprovalService),
    service(AuditService),
    service(TenantService),
    service(TokenService),
    service(UserService),
  ],
  exports: [...services],
})
export class IdentityModule {}
