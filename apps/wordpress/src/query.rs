//! The parameters of a list request.

use app_sdk::PageRequest;

use crate::details::ResourceInfo;

/// How much of each record is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// All fields; needs the capability.
    Edit,
    /// What every visitor may see.
    View,
}

/// What stays the same for all pages of one fetch.
#[derive(Clone, Debug)]
pub struct ListQuery {
    fixed: Vec<(&'static str, String)>,
}

impl ListQuery {
    pub fn new(resource: &ResourceInfo, request: &PageRequest, context: Context) -> Self {
        let mut fixed: Vec<(&'static str, String)> =
            vec![("orderby", "id".to_owned()), ("order", "asc".to_owned())];
        if context == Context::Edit {
            fixed.push(("context", "edit".to_owned()));
        }
        if let Some(statuses) = statuses(resource, request, context) {
            fixed.push(("status", statuses));
        }
        if let Some(fields) = fields(resource, request, context) {
            fixed.push(("_fields", fields));
        }
        // WordPress ignores what it does not know; a cache takes it for another page.
        if let Some(word) = &request.past_caches {
            fixed.push(("portal_now", word.clone()));
        }
        Self { fixed }
    }

    pub fn page(&self, page: u64, per_page: u64, envelope: bool) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::with_capacity(self.fixed.len() + 3);
        parameters.push(("per_page", per_page.to_string()));
        parameters.push(("page", page.to_string()));
        parameters.extend_from_slice(&self.fixed);
        if envelope {
            parameters.push(("_envelope", "1".to_owned()));
        }
        parameters
    }

    /// A page of the records that changed after a time (UTC, without zone), in the order of ids: the order of their
    /// changes would lose records that share a second.
    pub fn changed_after(&self, time: &str, page: u64, per_page: u64) -> Vec<(&'static str, String)> {
        let mut parameters = self.page(page, per_page, false);
        // Without the Z WordPress takes it for the site's own time.
        parameters.push(("modified_after", format!("{time}Z")));
        parameters
    }

    /// A page of the newest records.
    pub fn newest(&self, page: u64, per_page: u64) -> Vec<(&'static str, String)> {
        let mut parameters = self.page(page, per_page, false);
        for (name, value) in &mut parameters {
            if *name == "order" {
                "desc".clone_into(value);
            }
        }
        parameters
    }

    /// A request for some ids, in one page.
    pub fn ids(&self, ids: &[String]) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("per_page", ids.len().to_string()), ("include", ids.join(","))];
        parameters.extend_from_slice(&self.fixed);
        parameters
    }
}

fn statuses(resource: &ResourceInfo, request: &PageRequest, context: Context) -> Option<String> {
    if resource.kind == "comment" {
        return match (request.statuses.is_empty(), context) {
            (false, _) => Some(request.statuses.join(",")),
            (true, Context::Edit) => Some("all".to_owned()),
            (true, Context::View) => None,
        };
    }
    if !resource.has_status() {
        return None;
    }
    if !request.statuses.is_empty() {
        return Some(request.statuses.join(","));
    }
    // `any` leaves the trash out, so it is named besides; media know only these three.
    match (context, resource.kind.as_str()) {
        (Context::View, _) => None,
        (Context::Edit, "media") => Some("inherit,private,trash".to_owned()),
        (Context::Edit, _) => Some("any,trash".to_owned()),
    }
}

fn fields(resource: &ResourceInfo, request: &PageRequest, context: Context) -> Option<String> {
    if request.fields.is_empty() {
        return None;
    }
    let needed: &[&str] = match resource.kind.as_str() {
        "post" | "page" | "media" => &["id", "modified_gmt"],
        "comment" => &["id", "author"],
        _ => &["id"],
    };
    let mut names: Vec<&str> = needed.to_vec();
    let asked = request.fields.iter().map(String::as_str).filter(|field| !needed.contains(field));
    names.extend(
        asked.filter(|field| worth_asking(field, &request.fields, context)).map(|f| askable(f, resource)),
    );
    names.sort_unstable();
    names.dedup();
    // A field beside a part of itself (`avatar_urls`, `avatar_urls.48`) makes WordPress 6.1 leave out other fields.
    let inside =
        |field: &str, outer: &str| field.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
    let all = names.clone();
    names.retain(|field| !all.iter().any(|outer| inside(field, outer)));
    Some(names.join(","))
}

/// Only the posts controller understands parts of a field in `_fields`; the others look for the whole name and leave
/// out what they do not find (measured on 6.1: comments' `content.raw`, media's `caption.raw`).
fn askable<'f>(field: &'f str, resource: &ResourceInfo) -> &'f str {
    let whole = field.split('.').next().unwrap_or(field);
    match resource.kind.as_str() {
        "post" | "page" => field,
        "media" if matches!(whole, "title" | "guid") => field,
        _ => whole,
    }
}

/// Where both forms of a text are wanted, one is enough: the raw one where the account may see it, because rendering
/// costs the site three to five times as much; the rendered one where that is all there is.
fn worth_asking(field: &str, asked: &[String], context: Context) -> bool {
    let asked_too = |stem: &str, form: &str| asked.iter().any(|other| other.strip_suffix(form) == Some(stem));
    match (field.strip_suffix(".raw"), field.strip_suffix(".rendered"), context) {
        (Some(stem), _, Context::View) => !asked_too(stem, ".rendered"),
        (_, Some(stem), Context::Edit) => !asked_too(stem, ".raw"),
        _ => true,
    }
}
