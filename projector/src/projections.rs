//! One file per view: the pure fold that fills it.

mod audit;
mod connections;
mod failures;
mod hours;
mod links;
mod mappings;
mod pending;
mod portal;
mod records;
mod run_chunks;
mod run_log;
mod runs;
mod scenarios;
mod tokens;
mod totals;
mod watches;

use engine::project::Projection;

/// Every view's fold, in the order of `domain::views::ALL`.
pub fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(connections::Connections),
        Box::new(scenarios::Scenarios),
        Box::new(mappings::Mappings),
        Box::new(tokens::Tokens),
        Box::new(runs::Runs),
        Box::new(run_chunks::RunChunks),
        Box::new(run_log::RunLog),
        Box::new(failures::Failures),
        Box::new(records::Records),
        Box::new(links::Links),
        Box::new(portal::Portal),
        Box::new(pending::Pending),
        Box::new(hours::Hours),
        Box::new(totals::Totals),
        Box::new(watches::Watches),
        Box::new(audit::Audit),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_view_has_its_fold() {
        let folded: Vec<_> = super::all().iter().map(|projection| projection.view().name).collect();
        let declared: Vec<_> = domain::views::ALL.iter().map(|view| view.name).collect();
        assert_eq!(folded, declared);
    }
}
