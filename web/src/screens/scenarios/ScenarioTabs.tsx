import { Go } from '../../parts/Go';

/** The pages of one scenario. */
export function ScenarioTabs({ id, at }: { id: string; at: 'builder' | 'versions' | 'runs' | 'reimport' }) {
  const pages = [
    ['builder', 'Builder'],
    ['versions', 'Versions'],
    ['runs', 'Runs'],
    ['reimport', 'Import again'],
  ] as const;
  return (
    <nav className="page-tabs" aria-label="Pages of this scenario">
      {pages.map(([page, label]) => (
        <Go key={page} to={`/scenarios/${id}/${page}`} aria-current={page === at ? 'page' : undefined}>
          {label}
        </Go>
      ))}
    </nav>
  );
}
