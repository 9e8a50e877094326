import { TextInput, type TextInputProps } from '@mantine/core';

interface Props extends Omit<TextInputProps, 'value' | 'onChange' | 'type'> {
  value: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  onChange: (value: number | undefined) => void;
}

/** A number; nothing while the field is empty. */
export function NumberField({ value, min, max, onChange, ...rest }: Props) {
  return (
    <TextInput
      {...rest}
      type="number"
      inputMode="decimal"
      step="any"
      min={min}
      max={max}
      value={value ?? ''}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text === '' || Number.isNaN(Number(text)) ? undefined : Number(text));
      }}
    />
  );
}
