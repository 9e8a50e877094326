import { Tooltip } from '@mantine/core';

import { DRAGGED } from './Canvas';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { addRefusal } from './edits';
import { KINDS } from './graph';
import { KIND_WORDS } from './words';

/** The kinds of steps. A click adds after the selected step; they can be dragged onto the graph as well. */
export function Palette() {
  const { graph, add } = useBuilder();
  return (
    <section className="b-palette" aria-label="Add a step">
      {KINDS.map((kind) => {
        const why = addRefusal(graph, kind);
        return (
          <div key={kind} className="b-palette-group">
            <h2>{KIND_WORDS[kind].group}</h2>
            <Tooltip label={why ?? KIND_WORDS[kind].does} position="right">
              <button
                type="button"
                className="b-palette-entry"
                aria-disabled={why !== undefined}
                aria-label={`Add ${KIND_WORDS[kind].name}`}
                draggable={why === undefined}
                onDragStart={(event) => {
                  event.dataTransfer.setData(DRAGGED, kind);
                  event.dataTransfer.effectAllowed = 'copy';
                }}
                onClick={() => add(kind)}
              >
                <KindTile kind={kind} size={26} />
                <span>{KIND_WORDS[kind].name}</span>
              </button>
            </Tooltip>
          </div>
        );
      })}
      <p className="b-palette-hint small muted">Click to add after the selected step, or drag onto a connection.</p>
    </section>
  );
}
