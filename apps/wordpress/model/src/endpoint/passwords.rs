//! Application passwords: listed, created, looked into, revoked.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::params::Params;
use crate::stamp;
use crate::state::State;
use crate::types::account::{self, ApplicationPassword, shown};
use serde_json::{Value, json};
use uuid::Uuid;

/// `GET` of the list, of one password, or of the one in use.
pub(crate) fn read(call: &Call<'_>, user: &str, below: &[&str]) -> Given {
    let user = owner(call, user)?;
    let of_user = || call.state.passwords.iter().filter(move |password| password.user == user);
    match below {
        [] => {
            let all: Value = of_user().map(|password| item(call.state, password)).collect();
            Ok(Answer::value(&all))
        }
        ["introspect"] => match of_user().find(|password| Some(password.uuid) == call.viewer.password) {
            Some(password) => Ok(Answer::value(&item(call.state, password))),
            None => Err(Refusal::new(
                404,
                "rest_no_authenticated_app_password",
                "Cannot introspect application password.",
            )),
        },
        [uuid] => match of_user().find(|password| password.uuid.to_string() == **uuid) {
            Some(password) => Ok(Answer::value(&item(call.state, password))),
            None => Err(not_found()),
        },
        _ => Err(Refusal::no_route()),
    }
}

/// What a writing request changes.
pub(crate) enum Change {
    Create { user: u64, name: String, app_id: String },
    Revoke { user: u64, uuid: Uuid },
    RevokeAll { user: u64 },
}

/// Reads a writing request; the change itself needs the site for itself.
pub(crate) fn change(call: &Call<'_>, user: &str, below: &[&str]) -> Result<Change, Refusal> {
    let user = owner(call, user)?;
    match (call.method, below) {
        ("POST", []) => {
            let field = |name: &str| body_field(call, name);
            let Some(name) = field("name").filter(|name| !name.trim().is_empty()) else {
                return Err(Refusal::parameter("name", "rest_missing_callback_param", "name is required."));
            };
            let app_id = field("app_id").unwrap_or_default();
            if !app_id.is_empty() && Uuid::parse_str(&app_id).is_err() {
                return Err(Refusal::parameter("app_id", "rest_invalid_uuid", "app_id is not a valid UUID."));
            }
            Ok(Change::Create { user, name, app_id })
        }
        ("DELETE", []) => Ok(Change::RevokeAll { user }),
        ("DELETE", [uuid]) => {
            let known = call
                .state
                .passwords
                .iter()
                .any(|password| password.user == user && password.uuid.to_string() == **uuid);
            let uuid = Uuid::parse_str(uuid).ok().filter(|_| known).ok_or_else(not_found)?;
            Ok(Change::Revoke { user, uuid })
        }
        _ => Err(Refusal::no_route()),
    }
}

/// Makes the change and says what became of it.
pub(crate) fn apply(state: &mut State, change: Change) -> Answer {
    match change {
        Change::Create { user, name, app_id } => {
            let password = create(state, user, &name, &app_id);
            let mut item = item(state, &password);
            item["password"] = json!(shown(&password.secret));
            Answer { status: 201, ..Answer::value(&item) }
        }
        Change::Revoke { user, uuid } => {
            let of = |password: &ApplicationPassword| password.user == user && password.uuid == uuid;
            let previous: Value =
                state.passwords.iter().find(|one| of(one)).map_or(Value::Null, |one| item(state, one));
            state.passwords.retain(|password| !of(password));
            Answer::value(&json!({"deleted": true, "previous": previous}))
        }
        Change::RevokeAll { user } => {
            let before = state.passwords.len();
            state.passwords.retain(|password| password.user != user);
            Answer::value(&json!({"deleted": true, "count": before - state.passwords.len()}))
        }
    }
}

/// A new password for this user.
pub(crate) fn create(state: &mut State, user: u64, name: &str, app_id: &str) -> ApplicationPassword {
    state.secrets_given += 1;
    let password = ApplicationPassword {
        uuid: account::uuid(state.secrets_given),
        app_id: app_id.to_owned(),
        name: name.to_owned(),
        secret: account::secret(state.secrets_given),
        created: state.now(),
        last_used: None,
        user,
    };
    state.passwords.push(password.clone());
    password
}

/// The user whose passwords these are; people see their own, administrators those of others.
fn owner(call: &Call<'_>, user: &str) -> Result<u64, Refusal> {
    if !call.state.options.application_passwords {
        let message = "Application passwords are not available.";
        return Err(Refusal::new(501, "application_passwords_disabled", message));
    }
    if !call.viewer.logged_in() {
        return Err(Refusal::new(401, "rest_not_logged_in", "You are not currently logged in."));
    }
    let id = if user == "me" { Some(call.viewer.user) } else { user.parse().ok() };
    let id = id.filter(|&id| call.state.users.get(id).is_some());
    let id = id.ok_or_else(|| Refusal::new(404, "rest_user_invalid_id", "Invalid user ID."))?;
    if !call.viewer.can_edit_user(call.state, id) {
        let message = "Sorry, you are not allowed to list application passwords for this user.";
        return Err(Refusal::new(403, "rest_cannot_list_application_passwords", message));
    }
    Ok(id)
}

/// A field of a JSON or form body, or of the query.
fn body_field(call: &Call<'_>, name: &str) -> Option<String> {
    if let Ok(json) = serde_json::from_slice::<Value>(call.body) {
        return json.get(name)?.as_str().map(str::to_owned);
    }
    let form = Params::parse(std::str::from_utf8(call.body).unwrap_or(""));
    form.get(name).or_else(|| call.params.get(name)).map(str::to_owned)
}

fn item(state: &State, password: &ApplicationPassword) -> Value {
    let route = format!("/wp/v2/users/{}/application-passwords/{}", password.user, password.uuid);
    json!({
        "uuid": password.uuid.to_string(),
        "app_id": password.app_id,
        "name": password.name,
        "created": stamp::text(password.created),
        "last_used": password.last_used.map(stamp::text),
        "last_ip": password.last_used.map(|_| "127.0.0.1"),
        "_links": {"self": [{"href": format!("{}{route}", state.rest_prefix())}]},
    })
}

fn not_found() -> Refusal {
    Refusal::new(404, "rest_application_password_not_found", "Application password not found.")
}
