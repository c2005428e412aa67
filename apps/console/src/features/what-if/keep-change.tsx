import { Button, Modal } from 'antd';
import type { PlanWhatIf } from '@springtide/contracts';
import { useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useCampaign } from '../campaigns/campaign-page.js';

const OPEN = ['draft', 'planned', 'approved'];

type Props = Readonly<{ question: PlanWhatIf; keeping: boolean; onKeep: (question: PlanWhatIf) => void }>;

/** Offers to make the change that was tried the campaign's own, or says why that cannot be. */
export function KeepChange({ question, keeping, onKeep }: Props) {
  const text = useText();
  const { status } = useCampaign();
  const [asked, setAsked] = useState(false);
  if (!OPEN.includes(status)) return <p className="quiet">{text('what-if.not-kept-running')}</p>;
  if (question.excludeRegions.length > 0) return <p className="quiet">{text('what-if.not-kept-region')}</p>;
  return (
    <>
      <Button type="primary" loading={keeping} onClick={() => setAsked(true)}>
        {text('what-if.keep')}
      </Button>
      {asked && (
        <Modal
          open
          title={text('what-if.keep')}
          okText={text('what-if.keep')}
          cancelText={text('common.cancel')}
          onCancel={() => setAsked(false)}
          onOk={() => {
            setAsked(false);
            onKeep(question);
          }}
        >
          <p>{text('what-if.keep-note')}</p>
        </Modal>
      )}
    </>
  );
}
