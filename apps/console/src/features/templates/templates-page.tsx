import { routes } from '@springtide/contracts';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { ButtonLink } from '../../shared/ui/button-link.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Page } from '../../shared/ui/page.js';

export function TemplatesPage() {
  const text = useText();
  const format = useFormat();
  const pages = usePages(routes.templateList, { limit: 50 });
  return (
    <Page
      title={text('nav.templates')}
      aside={
        <ButtonLink to="/templates/new" permission="template:write">
          {text('template.new')}
        </ButtonLink>
      }
    >
      <Lacking permission="template:write" />
      <p className="quiet">{text('template.what')}</p>
      <PagedGrid
        label={text('nav.templates')}
        pages={pages}
        keyOf={(row) => row.id}
        empty={text('template.none')}
        columns={[
          {
            key: 'name',
            tight: true,
            title: text('common.name'),
            cell: (row) => <Link to={`/templates/${row.id}`}>{row.name}</Link>,
          },
          { key: 'version', numeric: true, title: text('template.version'), cell: (row) => row.version },
          {
            key: 'services',
            title: text('template.services'),
            cell: (row) => row.services.map(({ name }) => name).join(text('common.list')),
          },
          {
            key: 'measured',
            numeric: true,
            title: text('template.measured'),
            cell: (row) => row.services.reduce((sum, { capacityModel }) => sum + capacityModel.length, 0),
          },
          {
            key: 'created',
            tight: true,
            title: text('template.stored'),
            cell: (row) => format.instant(row.createdAt),
          },
        ]}
      />
    </Page>
  );
}
