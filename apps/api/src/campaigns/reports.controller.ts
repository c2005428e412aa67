import { Controller } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { AfterActionService, reportPdf } from '@springtide/reports';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { TextAnswer } from '../http/text-answer.js';

@Controller()
export class ReportsController {
  constructor(private readonly reports: AfterActionService) {}

  @Handle(routes.reportGet)
  async get({ ctx, params }: Parsed<typeof routes.reportGet>) {
    return await this.reports.show(ctx, params.id);
  }

  @Handle(routes.reportStore)
  async store({ ctx, params }: Parsed<typeof routes.reportStore>) {
    return await this.reports.keep(ctx, params.id);
  }

  @Handle(routes.reportSign)
  async sign({ ctx, params, body }: Parsed<typeof routes.reportSign>) {
    return await this.reports.sign(ctx, params.id, body);
  }

  @Handle(routes.reportPdf)
  async pdf({ ctx, params, query }: Parsed<typeof routes.reportPdf>) {
    const report = await this.reports.show(ctx, params.id);
    const fileName = `springtide-report-${params.id}-${query.language}.pdf`;
    return new TextAnswer('application/pdf', await reportPdf(report, query.language), { fileName });
  }
}
