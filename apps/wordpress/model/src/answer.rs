//! What the site says: status, headers, bytes.

use crate::json;
use bytes::Bytes;
use serde_json::{Map, Value, json};

/// An answer before faults are laid over it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// An error as WordPress puts it into JSON.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    code: String,
    message: String,
    data: Map<String, Value>,
}

impl Answer {
    pub(crate) fn json(body: impl Into<Bytes>) -> Self {
        Self {
            status: 200,
            headers: vec![content_type("application/json; charset=UTF-8")],
            body: body.into(),
        }
    }

    pub(crate) fn value(value: &Value) -> Self {
        Self::json(json::bytes(value))
    }

    pub(crate) fn html(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![content_type("text/html; charset=UTF-8")], body: body.into() }
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::html(status, Bytes::new()).with("Location", to)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Puts this header in place of any that has the name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned(), data: Map::new() }
    }

    /// 401 for visitors, 403 for people who are logged in: `rest_authorization_required_code()`.
    pub(crate) fn not_allowed(logged_in: bool, code: &str, message: &str) -> Self {
        Self::new(if logged_in { 403 } else { 401 }, code, message)
    }

    /// 400 `rest_invalid_param` for one parameter; `code` is the reason in `data.details`.
    pub(crate) fn parameter(name: &str, code: &str, message: &str) -> Self {
        Self::parameter_with(name, code, message, &Value::Null)
    }

    /// A status that only some may ask for; told like any other bad parameter, whoever asks.
    pub(crate) fn forbidden_status(logged_in: bool) -> Self {
        let data = json!({"status": if logged_in { 403 } else { 401 }});
        Self::parameter_with("status", "rest_forbidden_status", "Status is forbidden.", &data)
    }

    fn parameter_with(name: &str, code: &str, message: &str, data: &Value) -> Self {
        let mut refusal = Self::new(400, "rest_invalid_param", &format!("Invalid parameter(s): {name}"));
        refusal.data.insert("params".to_owned(), json!({name: message}));
        refusal
            .data
            .insert("details".to_owned(), json!({name: {"code": code, "message": message, "data": data}}));
        refusal
    }

    pub(crate) fn no_route() -> Self {
        Self::new(404, "rest_no_route", "No route was found matching the URL and request method.")
    }

    pub(crate) fn value(&self) -> Value {
        // PHP keeps the order of insertion: the status stands before the details.
        let mut data = Map::new();
        data.insert("status".to_owned(), json!(self.status));
        data.extend(self.data.clone());
        json!({"code": self.code, "message": self.message, "data": data})
    }

    pub(crate) fn answer(&self) -> Answer {
        Answer { status: self.status, ..Answer::value(&self.value()) }
    }
}

fn content_type(value: &str) -> (String, String) {
    ("Content-Type".to_owned(), value.to_owned())
}
