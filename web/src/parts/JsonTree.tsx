import { ActionIcon, Tooltip } from '@mantine/core';
import { useMemo } from 'react';

import { Icon } from './Icon';
import { bytes } from './format';
import { toast } from './toasts';

const SHOWN_BYTES = 64 * 1_024;
const OPEN_DEPTH = 2;
const SHOWN_ENTRIES = 200;

interface Props {
  value: unknown;
  /** Of the file that Download makes. */
  name: string;
  label: string;
}

/** JSON as a tree that opens and closes. Everything is shown as text, whatever it is. */
export function JsonTree({ value, name, label }: Props) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? 'null', [value]);
  const isCut = text.length > SHOWN_BYTES;
  const copy = () => {
    navigator.clipboard
      .writeText(text)
      .then(() => toast(`${label} copied`))
      .catch(() => toast('The browser did not allow copying', { tone: 'err' }));
  };
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = `${name.replaceAll(/[^\w.-]+/g, '_')}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  };
  return (
    <div className="json">
      <div className="json-tools">
        <span className="small muted">{bytes(text.length)}</span>
        <Tooltip label="Copy">
          <ActionIcon variant="subtle" color="gray" size={32} aria-label={`Copy ${label}`} onClick={copy}>
            <Icon name="copy" size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Download">
          <ActionIcon variant="subtle" color="gray" size={32} aria-label={`Download ${label}`} onClick={download}>
            <Icon name="download" size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard */}
      <div className="json-body" role="region" aria-label={label} tabIndex={0}>
        {isCut ? (
          <>
            <pre>{text.slice(0, SHOWN_BYTES)}</pre>
            <p className="small muted">Cut after 64 KB. Download shows the whole.</p>
          </>
        ) : (
          <Value value={value} depth={0} />
        )}
      </div>
    </div>
  );
}

function Value({ value, depth, name }: { value: unknown; depth: number; name?: string }) {
  const label = name === undefined ? null : <span className="json-key">{name}: </span>;
  if (value === null || typeof value !== 'object') {
    return (
      <div className="json-line">
        {label}
        <Leaf value={value} />
      </div>
    );
  }
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  const about = isList ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) {
    return (
      <div className="json-line">
        {label}
        <span className="muted">{isList ? '[]' : '{}'}</span>
      </div>
    );
  }
  return (
    <details className="json-node" open={depth < OPEN_DEPTH}>
      <summary>
        {label}
        <span className="muted">{about}</span>
      </summary>
      <div className="json-children">
        {entries.slice(0, SHOWN_ENTRIES).map(([key, child]) => (
          <Value key={key} name={key} value={child} depth={depth + 1} />
        ))}
        {entries.length > SHOWN_ENTRIES ? (
          <p className="small muted">and {entries.length - SHOWN_ENTRIES} more: download shows them</p>
        ) : null}
      </div>
    </details>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === 'string') return <span className="json-text">“{value}”</span>;
  return <span className="json-plain">{String(value)}</span>;
}
