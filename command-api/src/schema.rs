//! The domain's words as the API's description spells them. Never built: they stand in for domain types, which know
//! nothing of OpenAPI. A test compares the words with those that the domain writes.

#![expect(dead_code, reason = "these types only describe; the domain's own are sent")]

use utoipa::ToSchema;

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Health {
    Unknown,
    Healthy,
    Degraded,
    Failing,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum StageResult {
    Passed,
    Warned,
    Failed,
    Skipped,
}

/// One stage of finding or testing a site.
#[derive(ToSchema)]
pub struct Stage {
    id: String,
    title: String,
    result: StageResult,
    finding: String,
    remedy: Option<String>,
    millis: u64,
}

/// Who a remote system says it is.
#[derive(ToSchema)]
pub struct Identity {
    url: String,
    home: String,
    name: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum ConnectionPhase {
    Live,
    Paused,
    IdentityInDoubt,
}

#[derive(ToSchema)]
pub struct HistoryLine {
    at: chrono::DateTime<chrono::Utc>,
    position: u64,
    actor: String,
    event: String,
    summary: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Role {
    Viewer,
    Operator,
    Administrator,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum RunMode {
    Apply,
    DryRun,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum FailureState {
    Open,
    Acknowledged,
    Resolved,
    Ignored,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum RunKind {
    Import,
    Retry,
    Reimport,
    Undo,
    Changes,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum RunPhase {
    Running,
    Paused,
    AwaitingApproval,
    Cancelling,
    Succeeded,
    PartlyFailed,
    Failed,
    Cancelled,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
    Skipped,
    Failed,
    Removed,
}

/// What a person found at the destination, or wants: it is there; send it once more; leave it as it is.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Decision {
    Arrived,
    SendAgain,
    GiveUp,
}

/// `read` counts what the source sent; the others add up to the settled ones.
#[derive(ToSchema)]
pub struct Counts {
    read: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    skipped: u64,
    failed: u64,
    /// Only of an undo, and only when there are any.
    removed: Option<u64>,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// A fault of the world that ended something.
#[derive(ToSchema)]
pub struct Trouble {
    code: String,
    message: String,
    remedy: String,
}

/// How far one fetch node is.
#[derive(ToSchema)]
pub struct Fetch {
    resource: String,
    pages: u64,
    total: Option<u64>,
    hidden: u64,
    complete: Option<bool>,
    problem: Option<Trouble>,
}

/// How somebody said that a run went.
#[derive(ToSchema)]
pub struct Rating {
    satisfied: bool,
    note: Option<String>,
    at: chrono::DateTime<chrono::Utc>,
    actor: String,
}

#[derive(ToSchema)]
pub struct MappingStamp {
    id: String,
    revision: u64,
}

/// Something that is wrong with a scenario.
#[derive(ToSchema)]
pub struct ScenarioProblem {
    code: String,
    level: Level,
    node: Option<String>,
    field: Option<String>,
    message: String,
    remedy: String,
}

/// A field of one record that is not as it should be.
#[derive(ToSchema)]
pub struct FieldProblem {
    code: String,
    field: String,
    step: Option<String>,
    message: String,
    remedy: String,
    #[schema(value_type = Option<Object>)]
    raw: Option<()>,
}

/// A field that is another record of the source.
#[derive(ToSchema)]
pub struct Reference {
    field: String,
    resource: String,
    external_id: String,
}

/// Where one field came from.
#[derive(ToSchema)]
pub struct Provenance {
    field: String,
    source_path: Option<String>,
    #[schema(value_type = Option<Object>)]
    source_value: Option<()>,
    steps: Vec<ProvenanceStep>,
    defaulted: bool,
    #[schema(value_type = Option<Object>)]
    result: Option<()>,
}

/// One Portal field and a field of the source that goes into it.
#[derive(ToSchema)]
pub struct Feed {
    target: String,
    path: String,
    conversions: Vec<String>,
    /// Only when the field would be empty otherwise.
    fallback: bool,
}

#[derive(ToSchema)]
pub struct ProvenanceStep {
    conversion: String,
    #[schema(value_type = Object)]
    value: (),
}

#[derive(ToSchema)]
pub struct VersionLine {
    version: u64,
    at: chrono::DateTime<chrono::Utc>,
    actor: String,
    note: String,
}

#[derive(ToSchema)]
pub struct RevisionLine {
    revision: u64,
    at: chrono::DateTime<chrono::Utc>,
    actor: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum WebhookKind {
    StandardWebhooks,
    Woocommerce,
    HmacBody,
    CapabilityUrl,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum WebhookAlgorithm {
    Sha256,
    Sha512,
    Sha1,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum WebhookEncoding {
    Base64,
    Hex,
}

/// How senders prove who they are. There is no mode without a secret.
#[derive(ToSchema)]
pub struct WebhookMode {
    kind: WebhookKind,
    /// For `hmac-body`: the header that holds the MAC, in lower case.
    header: Option<String>,
    /// For `woocommerce` and `hmac-body`. Default: sha256.
    algorithm: Option<WebhookAlgorithm>,
    /// For `hmac-body`. Default: base64.
    encoding: Option<WebhookEncoding>,
    /// For `hmac-body`: what stands before the MAC, such as `sha256=`.
    prefix: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum EndpointPhase {
    Absent,
    Pending,
    Live,
    Closed,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Verdict {
    Signed,
    BodySigned,
    Hint,
    Released,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Finding {
    Changed,
    Unchanged,
    Gone,
    NotShown,
    Failed,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum QuarantineReason {
    Unsigned,
    Mismatch,
    Stale,
    OtherContent,
}

/// A record that a delivery named, and what was found.
#[derive(ToSchema)]
pub struct ReadRecord {
    resource: String,
    id: String,
    finding: Finding,
    revision: Option<u64>,
    note: Option<String>,
}

/// Numbers of a sender's outbox that never came, both ends included.
#[derive(ToSchema)]
pub struct OutboxRange {
    outbox: String,
    first: u64,
    last: u64,
}

#[cfg(test)]
mod tests {
    use domain::access::Role;
    use domain::connection::{Health, StageResult};
    use domain::delivery::{Reason, Verdict};
    use domain::effect::Decision;
    use domain::endpoint::EndpointPhase;
    use domain::failure::FailureState;
    use domain::inbox::Finding;
    use domain::run::{Level, Outcome, RunMode};
    use domain::views::{ConnectionPhase, RunPhaseView};
    use serde_json::{Value, json};

    #[test]
    fn the_described_words_are_those_of_the_domain() {
        use ConnectionPhase as C;
        use FailureState as S;
        use RunPhaseView as P;
        let described = serde_json::to_value(crate::openapi()).unwrap();
        let words = |name: &str| described["components"]["schemas"][name]["enum"].clone();
        let pairs: [(&str, Value); 14] = [
            ("Decision", json!([Decision::Arrived, Decision::SendAgain, Decision::GiveUp])),
            ("Verdict", json!([Verdict::Signed, Verdict::BodySigned, Verdict::Hint, Verdict::Released])),
            (
                "EndpointPhase",
                json!([
                    EndpointPhase::Absent,
                    EndpointPhase::Pending,
                    EndpointPhase::Live,
                    EndpointPhase::Closed
                ]),
            ),
            (
                "Finding",
                json!([
                    Finding::Changed,
                    Finding::Unchanged,
                    Finding::Gone,
                    Finding::NotShown,
                    Finding::Failed
                ]),
            ),
            (
                "QuarantineReason",
                json!([Reason::Unsigned, Reason::Mismatch, Reason::Stale, Reason::OtherContent]),
            ),
            ("FailureState", json!([S::Open, S::Acknowledged, S::Resolved, S::Ignored])),
            ("Health", json!([Health::Unknown, Health::Healthy, Health::Degraded, Health::Failing])),
            (
                "StageResult",
                json!([StageResult::Passed, StageResult::Warned, StageResult::Failed, StageResult::Skipped]),
            ),
            ("ConnectionPhase", json!([C::Live, C::Paused, C::IdentityInDoubt])),
            ("Role", json!([Role::Viewer, Role::Operator, Role::Administrator])),
            ("RunMode", json!([RunMode::Apply, RunMode::DryRun])),
            (
                "RunPhase",
                json!([
                    P::Running,
                    P::Paused,
                    P::AwaitingApproval,
                    P::Cancelling,
                    P::Succeeded,
                    P::PartlyFailed,
                    P::Failed,
                    P::Cancelled
                ]),
            ),
            (
                "Outcome",
                json!([
                    Outcome::Created,
                    Outcome::Updated,
                    Outcome::Unchanged,
                    Outcome::Skipped,
                    Outcome::Failed,
                    Outcome::Removed
                ]),
            ),
            ("Level", json!([Level::Info, Level::Warning, Level::Error])),
        ];
        for (name, written) in pairs {
            assert_eq!(words(name), written, "{name}");
        }
    }
}
