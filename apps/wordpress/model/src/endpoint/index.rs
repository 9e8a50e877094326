//! The REST root: what the site is and what it offers.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::{Given, options};
use crate::state::State;
use serde_json::{Map, Value, json};

pub(crate) fn read(call: &Call<'_>) -> Given {
    let route = call.route.trim_end_matches('/');
    match route {
        "" => Ok(Answer::value(&root(call.state))),
        "/wp/v2" => Ok(Answer::value(&json!({"namespace": "wp/v2", "routes": routes(call.state)}))),
        other if call.state.options.namespaces.iter().any(|name| other == format!("/{name}")) => {
            Ok(Answer::value(&json!({"namespace": &other[1..], "routes": {}})))
        }
        _ => Err(Refusal::no_route()),
    }
}

fn root(state: &State) -> Value {
    let mut namespaces = vec!["oembed/1.0".to_owned(), "wp/v2".to_owned(), "wp-site-health/v1".to_owned()];
    namespaces.extend(state.options.namespaces.iter().cloned());
    let zone = state.options.zone;
    json!({
        "name": state.options.name,
        "description": state.options.description,
        "url": state.url(),
        "home": state.home(),
        "gmt_offset": zone.gmt_offset(state.now()),
        "timezone_string": zone.name(),
        "page_for_posts": 0,
        "page_on_front": 0,
        "show_on_front": "posts",
        "namespaces": namespaces,
        "authentication": authentication(state),
        "routes": routes(state),
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    })
}

/// An empty list, as PHP has it, where application passwords are off.
fn authentication(state: &State) -> Value {
    if !state.options.application_passwords {
        return json!([]);
    }
    let page = format!("{}/wp-admin/authorize-application.php", state.url());
    json!({"application-passwords": {"endpoints": {"authorization": page}}})
}

/// Every route with its methods and the names of its parameters.
fn routes(state: &State) -> Value {
    let mut routes = Map::new();
    let mut put = |route: String, methods: &[&str], args: Value| {
        let links = json!({"self": [{"href": format!("{}{route}", state.rest_prefix())}]});
        let endpoint = json!([{"methods": methods, "args": args}]);
        let about = json!({"namespace": "wp/v2", "methods": methods, "endpoints": endpoint, "_links": links});
        routes.insert(route, about);
    };
    put("/".to_owned(), &["GET"], json!({"context": {"default": "view", "required": false}}));
    for base in state.types.iter().map(|kind| &kind.rest_base) {
        put(format!("/wp/v2/{base}"), &["GET", "POST"], options::arguments(state, base));
        put(format!(r"/wp/v2/{base}/(?P<id>[\d]+)"), &["GET", "POST", "PUT", "PATCH", "DELETE"], json!({}));
    }
    for base in
        state.taxonomies.iter().map(|taxonomy| taxonomy.rest_base.as_str()).chain(["users", "comments"])
    {
        put(format!("/wp/v2/{base}"), &["GET", "POST"], options::arguments(state, base));
        put(format!(r"/wp/v2/{base}/(?P<id>[\d]+)"), &["GET", "POST", "PUT", "PATCH", "DELETE"], json!({}));
    }
    for base in ["types", "taxonomies", "statuses", "settings", "users/me"] {
        put(format!("/wp/v2/{base}"), &["GET"], json!({}));
    }
    let passwords = r"/wp/v2/users/(?P<user_id>(?:[\d]+|me))/application-passwords";
    put(passwords.to_owned(), &["GET", "POST", "DELETE"], json!({}));
    put(format!("{passwords}/introspect"), &["GET"], json!({}));
    put(format!(r"{passwords}/(?P<uuid>[\w\-]+)"), &["GET", "POST", "PUT", "PATCH", "DELETE"], json!({}));
    Value::Object(routes)
}
