//! Writing lines out as they are read, a few hundred at a time.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::search::{AuditLine, Place, Wanted};
use crate::endpoint::Shared;

/// Lines written in one step.
const STEP_LINES: usize = 500;
const HEAD: &str = "position,at,actor,event,stream,correlation\r\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Ndjson,
}

pub fn export(api: Shared, wanted: Wanted, form: Form) -> Response {
    let (kind, name) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "audit.csv"),
        Form::Ndjson => ("application/x-ndjson", "audit.ndjson"),
    };
    let writing = Writing { api, wanted, form, next: Next::First };
    let body = Body::from_stream(stream::try_unfold(writing, Writing::step));
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}

struct Writing {
    api: Shared,
    wanted: Wanted,
    form: Form,
    next: Next,
}

enum Next {
    First,
    After(Place),
    End,
}

impl Writing {
    /// The next few lines. An error cuts the answer off, so that nobody takes a part for the whole.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, std::io::Error> {
        let mut text = String::new();
        let after = match self.next {
            Next::End => return Ok(None),
            Next::After(place) => Some(place),
            Next::First => {
                if self.form == Form::Csv {
                    text.push_str(HEAD);
                }
                None
            }
        };
        let read = self.api.audit_lines(&self.wanted, after, STEP_LINES).await;
        let (lines, next) = read.map_err(|problem| std::io::Error::other(problem.code().to_owned()))?;
        self.next = next.map_or(Next::End, Next::After);
        for line in lines {
            match self.form {
                Form::Csv => text.push_str(&row(&line)),
                Form::Ndjson => {
                    text.push_str(&String::from_utf8_lossy(&domain::event::encode(&line)));
                    text.push('\n');
                }
            }
        }
        Ok(Some((text.into(), self)))
    }
}

fn row(line: &AuditLine) -> String {
    let cells = [
        line.position.to_string(),
        line.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        line.actor.clone(),
        line.event.clone(),
        line.stream.clone(),
        line.correlation.clone().unwrap_or_default(),
    ];
    cells.map(|text| cell(&text)).join(",") + "\r\n"
}

/// A cell that no spreadsheet takes for a formula: quoted, and led by an apostrophe where it begins like one.
fn cell(text: &str) -> String {
    let is_formula =
        text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let lead = if is_formula { "'" } else { "" };
    format!("\"{lead}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn bad_input_059_no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x"] {
            assert!(cell(text).starts_with("\"'"), "{text:?}");
        }
        assert_eq!(cell("=HYPERLINK(\"http://a\")"), "\"'=HYPERLINK(\"\"http://a\"\")\"");
        assert_eq!(cell("token:tk_a, b\nc"), "\"token:tk_a, b\nc\"");
    }
}
