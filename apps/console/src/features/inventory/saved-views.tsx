import { Button, Checkbox, Input, Select } from 'antd';
import { routes, type ResourceFilter, type ViewBody } from '@springtide/contracts';
import { useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { usePages } from '../../shared/api/use-pages.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

type Props = Readonly<{ chosen: ResourceFilter; onChoose: (query: ResourceFilter) => void }>;

/** Filters kept under a name: one's own and those that others share. */
export function SavedViews({ chosen, onChoose }: Props) {
  const text = useText();
  const { items: views } = usePages(routes.viewList, { limit: 200 });
  const [open, setOpen] = useState<string | null>(null);
  const remove = useCommand(routes.viewDelete);
  const view = views.find((one) => one.id === open);
  const choose = (id: string): void => {
    setOpen(id === '' ? null : id);
    onChoose(views.find((one) => one.id === id)?.query ?? {});
  };
  return (
    <div className="filters">
      <Select
        aria-label={text('view.choose')}
        value={view?.id ?? ''}
        onChange={choose}
        options={[
          { value: '', label: text('view.none') },
          ...views.map((one) => ({ value: one.id, label: nameOf(one) })),
        ]}
        className="wide-filter"
      />
      {view?.mine && (
        <Button
          danger
          loading={remove.isPending}
          onClick={() => remove.mutate({ params: { id: view.id } }, { onSuccess: () => setOpen(null) })}
        >
          {text('view.delete')}
        </Button>
      )}
      <KeepView chosen={chosen} onKept={setOpen} />
      {remove.error && <ProblemNote error={remove.error} />}
    </div>
  );
}

function nameOf({ name, mine, ownerName }: ViewBody): string {
  return mine ? name : `${name} · ${ownerName}`;
}

function KeepView({ chosen, onKept }: Readonly<{ chosen: ResourceFilter; onKept: (id: string) => void }>) {
  const text = useText();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const keep = useCommand(routes.viewCreate);
  const save = (): void =>
    keep.mutate(
      { body: { name, shared, query: chosen } },
      {
        onSuccess: (view) => {
          setName('');
          onKept(view.id);
        },
      },
    );
  return (
    <>
      <Input
        aria-label={text('view.name')}
        placeholder={text('view.name')}
        value={name}
        maxLength={80}
        onChange={(event) => setName(event.target.value)}
        className="wide-filter"
      />
      <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
        {text('view.shared')}
      </Checkbox>
      <Button disabled={name.trim() === ''} loading={keep.isPending} onClick={save}>
        {text('view.keep')}
      </Button>
      {keep.error && <ProblemNote error={keep.error} />}
    </>
  );
}
