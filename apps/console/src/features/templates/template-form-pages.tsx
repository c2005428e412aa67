import { routes } from '@springtide/contracts';
import { useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { TemplateForm } from './template-form.js';

export function NewTemplatePage() {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  return (
    <Page title={text('template.new')}>
      <Waiting answer={me}>{({ user }) => <TemplateForm owner={user.id} base={null} />}</Waiting>
    </Page>
  );
}

export function EditTemplatePage() {
  const text = useText();
  const { id = '' } = useParams();
  const me = useAnswer(routes.whoAmI, {});
  const answer = useAnswer(routes.templateGet, { params: { id } });
  return (
    <Waiting answer={me}>
      {({ user }) => (
        <Waiting answer={answer}>
          {(template) => (
            <Page title={text('template.edit-one', { name: template.name })}>
              <TemplateForm key={template.id} owner={user.id} base={template} />
            </Page>
          )}
        </Waiting>
      )}
    </Waiting>
  );
}
