import { Input, Select } from 'antd';
import { useText } from '../../i18n/language.js';
import type { Control } from '../../shared/form/field.js';
import type { Shape } from './shape.js';

type Props = Readonly<{
  control: Control;
  shape: Extract<Shape, { kind: 'text' | 'choice' | 'lines' | 'json' }>;
  /** What holds when nothing is entered. */
  preset: string;
  secret: boolean;
  value: string;
  onChange: (value: string) => void;
}>;

/** No browser offers to fill in, or to keep, what belongs to a cloud. */
const UNKEPT = { autoComplete: 'off', spellCheck: false } as const;

export function TextControl({ control, shape, preset, secret, value, onChange }: Props) {
  const text = useText();
  const placeholder = preset === '' ? undefined : text('account.preset', { preset });
  const shared = { ...control, ...UNKEPT, value, placeholder };
  const typed = ({ target }: { target: { value: string } }): void => onChange(target.value);
  if (shape.kind === 'choice') {
    return (
      <Select
        {...control}
        allowClear
        placeholder={placeholder ?? text('account.choose')}
        value={value === '' ? null : value}
        onChange={(next: string | null | undefined) => onChange(next ?? '')}
        options={shape.options.map((option) => ({
          value: option,
          label: shape.flag ? text(option === 'true' ? 'account.yes' : 'account.no') : option,
        }))}
      />
    );
  }
  const isLong = shape.kind === 'lines' || shape.kind === 'json' || (shape.kind === 'text' && shape.long);
  // What has lines cannot be a password field; it is not to be read over a shoulder all the same.
  if (isLong)
    return <Input.TextArea {...shared} rows={3} className={secret ? 'covered' : ''} onChange={typed} />;
  if (secret)
    return (
      <Input.Password {...shared} autoComplete="new-password" visibilityToggle={false} onChange={typed} />
    );
  return (
    <Input
      {...shared}
      inputMode={shape.kind === 'text' && shape.number ? 'decimal' : 'text'}
      onChange={typed}
    />
  );
}
