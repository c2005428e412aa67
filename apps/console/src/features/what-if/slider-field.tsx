import { useId } from 'react';

type Props = Readonly<{
  label: string;
  /** Beside the number: a currency, or ×. */
  unit: string;
  value: string;
  most: number;
  step: number;
  onChange: (value: string) => void;
}>;

/** Dragged, or typed exactly: the number may lie beyond the slider's end. Both are reached by keyboard. */
export function SliderField({ label, unit, value, most, step, onChange }: Props) {
  const name = useId();
  return (
    <div className="slider" role="group" aria-labelledby={name}>
      <span id={name}>{label}</span>
      <input
        type="range"
        aria-labelledby={name}
        min={0}
        max={most}
        step={step}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <span className="slider-number">
        <input
          type="number"
          aria-labelledby={name}
          min={0}
          step="any"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />{' '}
        {unit}
      </span>
    </div>
  );
}
