import { Button, Input, Select } from 'antd';
import { routes } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { FaultNote, Field } from '../../shared/form/field.js';
import type { ImageDraft } from './template-draft.js';

type Props = Readonly<{
  path: string;
  images: readonly ImageDraft[];
  onChange: (images: readonly ImageDraft[]) => void;
}>;

const KINDS = ['default', 'providers', 'accounts'] as const;

/** Which image where: of one account, of one kind of cloud, or everywhere else. */
export function ImageFields({ path, images, onChange }: Props) {
  const text = useText();
  return (
    <>
      {images.map((image, at) => (
        <fieldset className="shape rule" key={at}>
          <legend>{text('template.image.number', { number: at + 1 })}</legend>
          <div className="entries">
            <ImageRow
              path={`${path}.images.${at}`}
              image={image}
              onChange={(next) => onChange(images.with(at, next))}
            />
          </div>
          <Button onClick={() => onChange(images.toSpliced(at, 1))}>
            {text('template.remove-image', { number: at + 1 })}
          </Button>
        </fieldset>
      ))}
      <FaultNote name={`${path}.image`} />
      <p>
        <Button onClick={() => onChange([...images, { of: 'providers', key: '', image: '' }])}>
          {text('template.add-image')}
        </Button>
      </p>
    </>
  );
}

type RowProps = Readonly<{ path: string; image: ImageDraft; onChange: (image: ImageDraft) => void }>;

function ImageRow({ path, image, onChange }: RowProps) {
  const text = useText();
  return (
    <>
      <Field name={`${path}.of`} label={text('template.image.of')}>
        {(control) => (
          <Select
            {...control}
            value={image.of}
            onChange={(of) => onChange({ ...image, of, key: '' })}
            options={KINDS.map((value) => ({ value, label: text(`template.image.kind.${value}`) }))}
          />
        )}
      </Field>
      {image.of !== 'default' && <KeyField path={path} image={image} onChange={onChange} />}
      <Field name={path} label={text('template.image')}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            value={image.image}
            onChange={({ target }) => onChange({ ...image, image: target.value })}
          />
        )}
      </Field>
    </>
  );
}

function KeyField({ path, image, onChange }: RowProps) {
  const text = useText();
  const ofProvider = image.of === 'providers';
  const providers = useAnswer(routes.providerList, {}, { enabled: ofProvider });
  const accounts = useAnswer(routes.accountList, { query: { limit: 200 } }, { enabled: !ofProvider });
  const options = ofProvider
    ? providers.data?.items.map(({ id, title }) => ({ value: id, label: title }))
    : accounts.data?.items.map(({ name }) => ({ value: name, label: name }));
  return (
    <Field name={`${path}.key`} label={text(ofProvider ? 'account.provider' : 'machine.account')}>
      {(control) => (
        <Select
          {...control}
          showSearch={{ optionFilterProp: 'label' }}
          value={image.key === '' ? null : image.key}
          placeholder={text('template.choose')}
          onChange={(key: string) => onChange({ ...image, key })}
          options={options ?? []}
        />
      )}
    </Field>
  );
}
