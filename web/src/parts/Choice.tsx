import { NativeSelect } from '@mantine/core';

interface Props {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  options: Array<[value: string, label: string]>;
  /** For no choice. */
  all: string;
}

/** One of few, as a filter of a list. */
export function Choice({ label, value, onChange, options, all }: Props) {
  return (
    <NativeSelect
      aria-label={label}
      size="sm"
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
      data={[{ value: '', label: all }, ...options.map(([id, text]) => ({ value: id, label: text }))]}
    />
  );
}
