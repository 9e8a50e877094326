//! What the account may read, and what each missing capability hides.

use std::time::Instant;

use app_sdk::catalogue::AppEntry;

use super::account::Account;
use crate::details::Details;
use crate::discover::Stages;
use crate::discover::stages::Verdict;

pub fn test(account: &Account, details: &Details, entry: &AppEntry, stages: &mut Stages<'_>) {
    let verdict = match account {
        Account::Refused => Verdict::skipped("not reached"),
        Account::Visitor => Verdict::warned(
            "only what every visitor sees can be read: published content, authors without e-mail addresses and roles",
            "connect with an application password of an administrator to read everything",
        ),
        Account::Known { name, roles, .. } => known(name, roles, details, entry),
    };
    stages.end("capabilities", "What the account may read", Instant::now(), verdict);
}

fn known(name: &str, roles: &[String], details: &Details, entry: &AppEntry) -> Verdict {
    let role = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
    let mut hidden = Vec::new();
    let mut missing: Vec<&str> = Vec::new();
    for resource in details.resources.iter().filter(|resource| details.may_edit(resource) == Some(false)) {
        let needs = entry.resources.iter().find(|known| known.id == resource.id).map(|known| &known.needs);
        let without =
            needs.and_then(|needs| needs.iter().find(|need| need.capability == resource.capability));
        let said = without.map_or_else(
            || "only public fields and published records".to_owned(),
            |need| need.without.clone(),
        );
        hidden.push(format!("{}: {said}", resource.label));
        if !missing.contains(&resource.capability.as_str()) {
            missing.push(&resource.capability);
        }
    }
    if hidden.is_empty() {
        return Verdict::passed(format!("{name} ({role}) may read every record with every field"));
    }
    Verdict::warned(
        format!("{name} ({role}) does not see everything. {}", hidden.join(". ")),
        format!("use an account with these capabilities (an administrator has them): {}", missing.join(", ")),
    )
}
