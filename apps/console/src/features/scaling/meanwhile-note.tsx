import { Alert, Button } from 'antd';
import { useText } from '../../i18n/language.js';
import type { Joined, Place } from './meanwhile.js';

type Props = Readonly<{
  /** Undefined until it is read what they made of it. */
  onJoin: (() => void) | undefined;
  onDrop: () => void;
}>;

/** Somebody else saved first: nothing of either is lost, and the one who types decides. */
export function MeanwhileNote({ onJoin, onDrop }: Props) {
  const text = useText();
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={text('scaling.meanwhile')}
      description={
        <>
          <p>{text('scaling.meanwhile.note')}</p>
          <div className="actions">
            <Button type="primary" loading={onJoin === undefined} onClick={onJoin}>
              {text('scaling.meanwhile.join')}
            </Button>
            <Button onClick={onDrop}>{text('scaling.meanwhile.drop')}</Button>
          </div>
        </>
      }
    />
  );
}

/** What came from them, and where one's own stands instead of theirs. */
export function JoinedNote({ joined: { theirs, both } }: Readonly<{ joined: Joined }>) {
  const text = useText();
  const nameOf = (place: Place): string =>
    place.kind === 'strategy'
      ? place.name
      : text(place.limit === 'money' ? 'scaling.field.amount' : `scaling.field.${place.limit}`);
  const named = (places: readonly Place[]): string =>
    places.length === 0 ? text('scaling.joined.nothing') : places.map(nameOf).join(text('common.list'));
  return (
    <Alert
      type="info"
      showIcon
      role="status"
      title={text('scaling.joined', { theirs: named(theirs) })}
      description={both.length > 0 ? text('scaling.joined.both', { both: named(both) }) : undefined}
    />
  );
}
