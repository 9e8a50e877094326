import { Button, Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { ReactFlowProvider } from '@xyflow/react';
import { type ReactNode, Suspense, lazy, useEffect, useRef, useState } from 'react';

import type { Item } from '../../api/schema';
import { Icon } from '../../parts/Icon';
import { Skeleton } from '../../parts/States';
import { Canvas } from './Canvas';
import { Outline } from './Outline';
import { Palette } from './Palette';
import { ProblemBar } from './ProblemBar';
import { useBuilder } from './context';
import { PANEL_MAX, PANEL_MIN, useRememberedWidth } from './panelWidth';
import type { Problem } from './rules';
import type { Announced } from './useAnnounce';
import { titleOf } from './words';

// The forms come while the graph is already there.
const loadPanel = () => import('./StepPanel').then((module) => ({ default: module.StepPanel }));
const StepPanel = lazy(loadPanel);

interface Props {
  isOutline: boolean;
  focusOn: { field: string; nonce: number } | undefined;
  announced: Announced | undefined;
  onHush: () => void;
  onProblem: (problem: Problem) => void;
  run?: { id: string; items: readonly Item[] | undefined } | undefined;
  /** Instead of the graph: where there are no steps yet. */
  empty?: ReactNode;
}

/** Palette, graph or outline, settings, and the problems below. */
export function Frame({ isOutline, focusOn, announced, onHush, onProblem, run, empty }: Props) {
  const builder = useBuilder();
  const { selected, isEditable } = builder;
  const isSmall = useMediaQuery('(max-width: 899px)', false, { getInitialValueInEffect: false });
  const [isOpen, setOpen] = useState(focusOn !== undefined);
  const [asked, setAsked] = useState(focusOn);
  if (asked !== focusOn) {
    setAsked(focusOn);
    if (focusOn) setOpen(true);
  }
  useEffect(() => void loadPanel(), []);
  const leave = () => {
    setOpen(false);
    if (selected) builder.select(selected.id, 'focus');
  };
  const panel = selected ? (
    <Suspense fallback={<Skeleton rows={6} height={56} />}>
      <StepPanel key={selected.id} step={selected} focusOn={focusOn} runItems={run?.items} run={run?.id} onLeave={leave} />
    </Suspense>
  ) : null;
  const asOutline = isOutline || isSmall === true;
  return (
    <div className="b-frame">
      <div className="b-main">
        {isEditable && !isSmall && empty === undefined ? <Palette /> : null}
        <div className="b-graph">
          <Announcement announced={announced} onHush={onHush} />
          {empty ?? (asOutline ? <Outline /> : <ReactFlowProvider><Canvas /></ReactFlowProvider>)}
          {isSmall && selected && empty === undefined ? (
            <div className="b-selected-bar">
              <span className="truncate grow">{titleOf(selected)}</span>
              <Button size="xs" variant="default" leftSection={<Icon name="settings" size={16} />} onClick={() => setOpen(true)}>
                Settings
              </Button>
            </div>
          ) : null}
        </div>
        {isSmall || empty !== undefined ? null : <SidePanel>{panel}</SidePanel>}
      </div>
      <ProblemBar onGo={onProblem} />
      {isSmall && isOpen && panel ? (
        <Drawer.Root opened onClose={leave} position="bottom" size="85%">
          <Drawer.Overlay className="shade" />
          <Drawer.Content aria-label="Settings of the step" className="b-drawer">
            {panel}
          </Drawer.Content>
        </Drawer.Root>
      ) : null}
    </div>
  );
}

/** What happened, over the graph and for screen readers. It stays until something else happens or it is closed. */
function Announcement({ announced, onHush }: { announced: Announced | undefined; onHush: () => void }) {
  return (
    <div className="b-said" role="status" data-shown={announced !== undefined || undefined}>
      {announced ? (
        <>
          <span key={announced.nonce}>{announced.text}</span>
          <button type="button" className="b-hush" aria-label="Close this message" onClick={onHush}>
            <Icon name="x" size={14} />
          </button>
        </>
      ) : null}
    </div>
  );
}

/** At the right, as wide as it was left. */
function SidePanel({ children }: { children: ReactNode }) {
  const [width, setWidth] = useRememberedWidth();
  const from = useRef<{ x: number; width: number } | undefined>(undefined);
  return (
    <div className="b-side" style={{ width }}>
      {/* A window splitter: it takes the focus and the arrow keys. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        className="b-splitter"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the settings"
        aria-valuenow={width}
        aria-valuemin={PANEL_MIN}
        aria-valuemax={PANEL_MAX}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = { x: event.clientX, width };
        }}
        onPointerMove={(event) => {
          if (from.current) setWidth(from.current.width + from.current.x - event.clientX);
        }}
        onPointerUp={() => {
          from.current = undefined;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          setWidth(width + (event.key === 'ArrowLeft' ? 24 : -24));
        }}
      />
      {children ?? (
        <div className="b-none">
          <p className="muted">Select a step to see its settings.</p>
        </div>
      )}
    </div>
  );
}
