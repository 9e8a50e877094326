// Written by scripts/types.mjs from schemas/http/openapi.json. Do not edit: `npm run types`.

export type About = {
  api_version: string;
  licences: Array<Licence>;
  /** How many events the slowest view is behind. */
  projection_lag: number;
  /** Where the log ends. */
  store_position: number;
  /** What tells one build of the console from another; empty when this build carries none. */
  ui: string;
  version: string;
};

/** Whom an `actor` stands for. */
export type Actor = {
  /** As in the audit log: `token:tk_…`. */
  actor: string;
  /** The access token's name. */
  name: string;
};

export type Add = {
  /** As a person would type it: `example.org`, or any page of the site. */
  address: string;
  app: string;
  auth?: (Auth | null);
  /** The site's own name when absent. */
  name?: (string | null);
  /** Store nothing unless the test passes. */
  require_healthy?: boolean;
  /** Test it at once. Default: when there is something to authorise with. */
  test?: (boolean | null);
};

export type Added = {
  changed: boolean;
  health: Health;
  id: string;
  /** Ask a read with this as `min_position` to see it. */
  position: u64;
};

/** An app of the catalogue, and what it can do here. */
export type App = {
  /** What nodes can do with it: `id`, `name`, `summary`, and `input`, a JSON Schema of a node's settings. */
  actions: Array<Record<string, unknown>>;
  /** Ways to authorise: `id`, `name`, `summary`, and `input`, a JSON Schema of what a person enters. */
  auth: Array<Record<string, unknown>>;
  /** It can be authorised on its own page. */
  consent: boolean;
  /** It can be looked for at an address. */
  discovery: boolean;
  id: string;
  limits: Record<string, unknown>;
  name: string;
  /** What can be read (or, of a destination, written): `id`, `name`, `kind`, `needs`, `fields`. */
  resources: Array<Record<string, unknown>>;
  /** `source`, `destination`. */
  roles: Array<string>;
  summary: string;
  version: number;
};

/** Something that does not get better by itself. */
export type Attention = {
  action: AttentionAction;
  detail: string;
  kind: AttentionKind;
  object: Record<string, unknown>;
  severity: Severity;
  title: string;
};

/** Where to go. */
export type AttentionAction = {
  /** A page of the console, from its base. */
  href: string;
  label: string;
};

export type AttentionKind = "identity-in-doubt" | "connection-failing" | "run-failed" | "approval-awaited" | "decision-awaited" | "gone-held" | "scenario-off" | "failures-open";

/** One line, with what it changed. */
export type AuditEntry = (AuditLine & {
  /** What the event says. */
  after: Record<string, unknown>;
  /** What the event of the same kind before it said of the same thing; absent when there was none. */
  before?: (Record<string, unknown> | null);
});

export type AuditLine = {
  actor: string;
  at: string;
  /** The request or run it belongs to. */
  correlation?: (string | null);
  event: string;
  position: number;
  /** What it happened to. */
  stream: string;
};

export type Auth = {
  /** Whom to act as, where the method names one. */
  account?: (string | null);
  /** One of the app's ways to authorise. */
  method: string;
  secret?: (Secret | null);
};

export type Authorise = {
  /** Send the browser there. */
  consent_url: string;
  /** The way back is open until then, once. */
  expires_at: string;
};

export type BeginSession = {
  /** An access token. */
  token: Secret;
};

export type CancelRun = {
  /** Why, for whoever looks at the run. */
  reason?: (string | null);
};

/** One change of a thing. */
export type Change = {
  /** Who did it: usually a run. */
  actor: string;
  at: string;
  /** Dotted paths that differ from the revision before; all of the first one's when there was none. Ends with … when
there are more than can be shown. */
  changed: Array<string>;
  event: string;
  position: number;
  /** Counts the changes, from 0. */
  revision: number;
  /** The run it belongs to. */
  run?: (string | null);
};

export type ChangeKind = "new" | "removed" | "type-changed" | "not-seen";

/** One message. */
export type Changed = {
  /** Their ids; at most 100, then only the topic counts. */
  ids: Array<string>;
  position: u64;
  /** What changed: `run`, `connection`, … */
  topic: string;
};

/** What a run changes, or would: a preview's result. */
export type Changes = {
  cost: Cost;
  counts: Counts;
  /** Updates by Portal field, the most first; only of previews, and only where the destination can tell. */
  fields: Array<FieldChanges>;
  intended?: (Counts | null);
  /** Nothing was written; this is what would have been. */
  preview: boolean;
  /** Why items fail or are skipped, the most first. */
  reasons: Array<Reason>;
  run: string;
  /** What needs no approval. */
  unapproved: Unapproved;
};

/** One message of a test that is watched: a stage that begins or has ended. */
export type Check = {
  /** What was found. */
  detail?: (string | null);
  outcome: CheckOutcome;
  /** What to do, where something is to be done. */
  remedy?: (string | null);
  /** Stable: `address`, `root`, `credentials`, … */
  stage: string;
  title: string;
  took_ms?: (number | null);
};

export type CheckMapping = {
  connection?: (string | null);
  definition: Record<string, unknown>;
  /** How many records, 1 to 500; 100 when absent. */
  last?: (number | null);
  resource?: (string | null);
};

export type CheckOutcome = "running" | "passed" | "warned" | "failed" | "skipped";

/** What would become of many records. */
export type CheckResult = {
  accepted: number;
  from: SampledFrom;
  /** The most frequent first. */
  problems: Array<ProblemCount>;
  records: number;
  rejected: number;
};

export type Connection = {
  /** Whom we act as. */
  account?: (string | null);
  added_at: string;
  address: string;
  app: string;
  /** The position that was asked for; absent for now. */
  as_of?: (number | null);
  auth_method?: (string | null);
  checked_at?: (string | null);
  /** What discovery found, in the app's own words. */
  details: Record<string, unknown>;
  /** Tells two credentials apart, and nothing else. */
  fingerprint?: (string | null);
  health: Health;
  /** Newest first; empty in lists. */
  history: Array<HistoryLine>;
  id: string;
  identity?: (Identity | null);
  name: string;
  /** The only place that the credential is sent to. */
  origin: string;
  phase: ConnectionPhase;
  /** Stages of the newest test. */
  stages: Array<Stage>;
};

export type ConnectionPhase = "live" | "paused" | "identity-in-doubt";

/** A kind of records. */
export type ConnectionResource = {
  id: string;
  /** The newest look found it and the look before did not. */
  is_new: boolean;
  /** Records of it that we know. */
  known: number;
  name: string;
};

/** What deleting a connection would do. */
export type Consequences = {
  /** Records of this source that we know. They stay, and what Portal has of them stays too. */
  records: number;
  /** Runs that go on at present and would fail. */
  running: number;
  /** They cannot run any more. */
  scenarios: Array<ScenarioStopped>;
  /** The name has to be typed before it may be deleted: there are records. */
  type_the_name: boolean;
};

export type Cost = {
  /** Calls to destinations that are reached over HTTP, at least. */
  destination_calls: number;
  /** How long it has taken, or has so far. */
  seconds: number;
  /** Pages asked of the source; none for runs over what was recorded. */
  source_calls: number;
};

export type Counted = {
  items: Array<ResourceCount>;
};

/** `read` counts what the source sent; the others add up to the settled ones. */
export type Counts = {
  created: number;
  failed: number;
  read: number;
  /** Only of an undo, and only when there are any. */
  removed?: (number | null);
  skipped: number;
  unchanged: number;
  updated: number;
};

export type CreateMapping = {
  app: string;
  /** The first revision. */
  definition?: (Record<string, unknown> | null);
  /** What it fills in Portal: `user`, `post`, … */
  entity: string;
  name: string;
  /** The source's kind of record: `users`, `posts`. */
  resource: string;
};

export type CreateScenario = {
  /** The connection that the template reads from. */
  connection?: (string | null);
  /** Start from this graph instead. */
  graph?: (Record<string, unknown> | null);
  /** The template's name when absent. */
  name?: (string | null);
  /** Start from one of `/api/v1/templates`; its mappings are made along with it. */
  template?: (string | null);
};

export type DecideGone = {
  /** The missing records are gone: each is asked for once more, and archived in Portal if the source denies it. Else
they are kept, and the next sweep may ask again. */
  approved: boolean;
  /** The kind of records: users, posts, … */
  resource: string;
};

export type DecideItems = {
  decision: Decision;
  /** Only say how many items match. */
  dry_run?: boolean;
  /** Which of the run's items that wait for a decision, by their ids within the run; all of them when absent. */
  items?: (Array<string> | null);
  /** The destination's id of the record, where it is known; only for one item that arrived. */
  portal_id?: (string | null);
  /** Why, for whoever looks at it later. */
  reason?: string;
};

/** What a person found at the destination, or wants: it is there; send it once more; leave it as it is. */
export type Decision = "arrived" | "send-again" | "give-up";

/** One delivery, without its bytes. */
export type DeliveryLine = {
  at: string;
  bytes: number;
  /** Digest of its bytes. */
  digest: string;
  /** The headers that were kept. */
  headers: Record<string, string>;
  mode: string;
  position: number;
  read?: (DeliveryRead | null);
  receipt: string;
  verdict: Verdict;
};

export type DeliveryRead = {
  at: string;
  /** Why nothing could be made of it, or of a part. */
  note?: (string | null);
  position: number;
  records: Array<ReadRecord>;
};

export type Discover = {
  /** As a person would type it: `example.org`, or any page of the site. */
  address: string;
  app: string;
};

/** What a look at an address found. */
export type Discovered = {
  found?: (Site | null);
  problem?: (Trouble | null);
  /** What was looked at, in order, with what to do about it. */
  stages: Array<Stage>;
};

/** What a command did. */
export type Done = {
  /** False when it was already so. */
  changed: boolean;
  /** What it was done to. */
  id: string;
  /** Ask a read with this as `min_position` to see the effect. */
  position: u64;
};

export type Duplicate = {
  /** `Copy of …` when absent. */
  name?: (string | null);
};

export type Elsewhere = {
  connection: string;
  id: string;
  record: string;
};

export type EndpointPhase = "absent" | "pending" | "live" | "closed";

export type ErasePerson = {
  email?: (string | null);
  /** Also take the content of others away that names the person: whole posts, for instance. */
  mentions?: boolean;
  /** Why; it stays in the log, so it must not name the person. */
  reason: string;
  /** `{connection}.{resource}.{id}` */
  record?: (string | null);
};

export type Erased = {
  held?: (PersonHeld | null);
  id: string;
  position: number;
};

/** An erasure. Whom it was about is not kept. */
export type ErasureShown = {
  actor: string;
  at: string;
  /** Events that lost their content. */
  events: number;
  id: string;
  reason: string;
  /** `open`, `completed` or `lifted`. */
  state: string;
  /** Keys that were destroyed. */
  subjects: number;
};

export type Example = {
  /** The item's id within the run; absent when the fetch itself failed. */
  item?: (string | null);
  run: string;
};

/** Something that fails at present. */
export type Failing = {
  at: string;
  connection: string;
  item: string;
  /** The record's id in its source. */
  record: string;
  resource: string;
  /** Absent when the record could not be read. */
  revision?: (number | null);
  /** The run it failed in last, and its id there. */
  run: string;
};

export type Failure = {
  /** It was resolved once and came back. */
  came_back: boolean;
  code: string;
  /** Items that fail for this at present. */
  count: number;
  /** How often on the newest days on which it happened, the oldest first: at most 14, without the days on which it
did not. Days are UTC's. */
  days: Array<FailureDay>;
  /** The newest one. */
  example: Example;
  /** The fetch itself fails, not single records: there is nothing to retry but the whole run. */
  fetch: boolean;
  field?: (string | null);
  first_at: string;
  id: string;
  last_at: string;
  /** Of the newest example. */
  message: string;
  /** When its state was last changed, and by whom: a person, or a run. */
  moved_at: string;
  moved_by: string;
  note: string;
  remedy?: (string | null);
  scenario: string;
  state: FailureState;
  /** The node where it happens. */
  step: string;
  /** Times it has happened. */
  total: number;
  /** How many of them wait for a person to say whether they arrived; a retry sends none of these. Each is listed by
the run it failed in last: `/runs/{id}/undecided`. */
  undecided: number;
};

export type FailureDay = {
  count: number;
  date: string;
};

export type FailureState = "open" | "acknowledged" | "resolved" | "ignored";

/** One Portal field and a field of the source that goes into it. */
export type Feed = {
  conversions: Array<string>;
  /** Only when the field would be empty otherwise. */
  fallback: boolean;
  path: string;
  target: string;
};

/** How far one fetch node is. */
export type Fetch = {
  complete?: (boolean | null);
  hidden: number;
  pages: number;
  problem?: (Trouble | null);
  resource: string;
  total?: (number | null);
};

export type FieldChanges = {
  count: number;
  field: string;
};

/** The way of one value. */
export type FieldLineage = {
  actor: string;
  at: string;
  /** The mapping's default was used. */
  defaulted: boolean;
  mapping: string;
  mapping_revision: number;
  /** Position of the event that set it. */
  position: number;
  /** The run that set it. */
  run?: (string | null);
  /** Revision of the source record that it was made of. */
  source_revision?: (number | null);
  /** From the source's value, through every conversion, in their order. */
  steps: Array<LineageStep>;
  /** The Portal field. */
  target: string;
  /** What it holds; for a reference, the other record. */
  value?: (Record<string, unknown> | null);
};

/** A field of one record that is not as it should be. */
export type FieldProblem = {
  code: string;
  field: string;
  message: string;
  raw?: (Record<string, unknown> | null);
  remedy: string;
  step?: (string | null);
};

export type FieldSeen = {
  /** Mappings that read it. */
  mappings: Array<MappingTouched>;
  /** `title.rendered`. */
  path: string;
  /** How many of the records have it. */
  seen: number;
  /** string, number, boolean, list, object, null. */
  types: Array<string>;
};

export type Fields = {
  /** What is different between the two newest revisions of these records, and mapped fields that none of them has. */
  changes: Array<SchemaChange>;
  /** By path; at most 500. */
  fields: Array<FieldSeen>;
  /** Records that were looked at: the first 50 that we know. */
  records: number;
};

export type Finding = "changed" | "unchanged" | "gone" | "not-shown" | "failed";

export type Health = "unknown" | "healthy" | "degraded" | "failing";

export type HealthHistory = {
  /** Newest first, at most 100. */
  items: Array<HealthLine>;
};

/** One test. */
export type HealthLine = {
  actor: string;
  at: string;
  health: Health;
  position: number;
  /** The stages that did not pass. */
  stages: Array<Stage>;
  /** All stages together. */
  took_ms: number;
};

export type HeldContent = {
  actor: string;
  at: string;
  content: Record<string, unknown>;
  /** What happened: `record.changed`, `portal.written`, … */
  event: string;
  position: number;
  revision: number;
  stream: string;
};

export type HistoryLine = {
  actor: string;
  at: string;
  event: string;
  position: number;
  summary: string;
};

export type Hour = {
  /** Its beginning. */
  at: string;
  failed: number;
  imported: number;
};

/** Who a remote system says it is. */
export type Identity = {
  home: string;
  name: string;
  url: string;
};

export type ImportScenario = {
  /** The connection here for each connection in the file. One that is not named stays if it exists here and is to the
same app; otherwise it is left open for somebody to choose. */
  connections?: Record<string, string>;
  /** What `export` gave. */
  document: PortableScenario;
  /** The file's name when absent. */
  name?: (string | null);
};

export type IssueToken = {
  name: string;
  role: Role;
};

/** One record's way through a run, ended. */
export type Item = {
  at: string;
  attempts: number;
  connection: string;
  /** `{chunk}.{index}`. */
  id: string;
  /** The fetch node it came from. */
  node: string;
  /** Why it was skipped or failed, and warnings. */
  notes: Array<Note>;
  outcome: Outcome;
  /** The Portal record it became. */
  portal?: (string | null);
  /** The record's id in its source. */
  record: string;
  resource: string;
  /** Revision of the record that was processed. */
  revision?: (number | null);
  /** The write node it went to, or would have. */
  target?: (string | null);
};

/** An item with what went in and what the mapping made of it. */
export type ItemShown = (Item & {
  /** The record as it was processed; absent when it could not be read, or the person was erased. */
  input?: (Record<string, unknown> | null);
  mapped?: (Mapped | null);
});

/** How long something is kept. */
export type Kept = {
  /** Days from when it came; absent where time alone erases nothing. */
  days?: (number | null);
  kind: KeptKind;
  /** What the server's operator sets to change it; absent where it cannot be set. */
  setting?: (string | null);
};

export type KeptKind = "events" | "contents" | "deliveries";

/** A scenario's newest run that wrote. */
export type LastRun = {
  counts: Counts;
  ended_at?: (string | null);
  id: string;
  phase: RunPhase;
  started_at: string;
};

export type Level = "info" | "warning" | "error";

/** Under which terms a part of the product may be used. */
export type Licence = {
  /** SPDX. */
  licence: string;
  name: string;
};

export type LiftErasure = {
  /** Why; it stays in the log, so it must not name the person. */
  reason: string;
};

/** One Portal record and where its fields came from. */
export type Lineage = {
  fields: Array<FieldLineage>;
  portal: PortalPlace;
  /** The record it was made of. */
  source: SourcePlace;
};

export type LineageStep = {
  /** Absent for the first step, which is the source itself. */
  conversion?: (string | null);
  /** The source's field; only of the first step, absent for constants. */
  path?: (string | null);
  value?: (Record<string, unknown> | null);
};

/** A page of a list. */
export type Listed_Actor = {
  items: Array<{
    /** As in the audit log: `token:tk_…`. */
    actor: string;
    /** The access token's name. */
    name: string;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_App = {
  items: Array<{
    /** What nodes can do with it: `id`, `name`, `summary`, and `input`, a JSON Schema of a node's settings. */
    actions: Array<Record<string, unknown>>;
    /** Ways to authorise: `id`, `name`, `summary`, and `input`, a JSON Schema of what a person enters. */
    auth: Array<Record<string, unknown>>;
    /** It can be authorised on its own page. */
    consent: boolean;
    /** It can be looked for at an address. */
    discovery: boolean;
    id: string;
    limits: Record<string, unknown>;
    name: string;
    /** What can be read (or, of a destination, written): `id`, `name`, `kind`, `needs`, `fields`. */
    resources: Array<Record<string, unknown>>;
    /** `source`, `destination`. */
    roles: Array<string>;
    summary: string;
    version: number;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_AuditLine = {
  items: Array<{
    actor: string;
    at: string;
    /** The request or run it belongs to. */
    correlation?: (string | null);
    event: string;
    position: number;
    /** What it happened to. */
    stream: string;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Change = {
  items: Array<{
    /** Who did it: usually a run. */
    actor: string;
    at: string;
    /** Dotted paths that differ from the revision before; all of the first one's when there was none. Ends with … when
there are more than can be shown. */
    changed: Array<string>;
    event: string;
    position: number;
    /** Counts the changes, from 0. */
    revision: number;
    /** The run it belongs to. */
    run?: (string | null);
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Connection = {
  items: Array<{
    /** Whom we act as. */
    account?: (string | null);
    added_at: string;
    address: string;
    app: string;
    /** The position that was asked for; absent for now. */
    as_of?: (number | null);
    auth_method?: (string | null);
    checked_at?: (string | null);
    /** What discovery found, in the app's own words. */
    details: Record<string, unknown>;
    /** Tells two credentials apart, and nothing else. */
    fingerprint?: (string | null);
    health: Health;
    /** Newest first; empty in lists. */
    history: Array<HistoryLine>;
    id: string;
    identity?: (Identity | null);
    name: string;
    /** The only place that the credential is sent to. */
    origin: string;
    phase: ConnectionPhase;
    /** Stages of the newest test. */
    stages: Array<Stage>;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_DeliveryLine = {
  items: Array<{
    at: string;
    bytes: number;
    /** Digest of its bytes. */
    digest: string;
    /** The headers that were kept. */
    headers: Record<string, string>;
    mode: string;
    position: number;
    read?: (DeliveryRead | null);
    receipt: string;
    verdict: Verdict;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_ErasureShown = {
  items: Array<{
    actor: string;
    at: string;
    /** Events that lost their content. */
    events: number;
    id: string;
    reason: string;
    /** `open`, `completed` or `lifted`. */
    state: string;
    /** Keys that were destroyed. */
    subjects: number;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Failing = {
  items: Array<{
    at: string;
    connection: string;
    item: string;
    /** The record's id in its source. */
    record: string;
    resource: string;
    /** Absent when the record could not be read. */
    revision?: (number | null);
    /** The run it failed in last, and its id there. */
    run: string;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Failure = {
  items: Array<{
    /** It was resolved once and came back. */
    came_back: boolean;
    code: string;
    /** Items that fail for this at present. */
    count: number;
    /** How often on the newest days on which it happened, the oldest first: at most 14, without the days on which it
did not. Days are UTC's. */
    days: Array<FailureDay>;
    /** The newest one. */
    example: Example;
    /** The fetch itself fails, not single records: there is nothing to retry but the whole run. */
    fetch: boolean;
    field?: (string | null);
    first_at: string;
    id: string;
    last_at: string;
    /** Of the newest example. */
    message: string;
    /** When its state was last changed, and by whom: a person, or a run. */
    moved_at: string;
    moved_by: string;
    note: string;
    remedy?: (string | null);
    scenario: string;
    state: FailureState;
    /** The node where it happens. */
    step: string;
    /** Times it has happened. */
    total: number;
    /** How many of them wait for a person to say whether they arrived; a retry sends none of these. Each is listed by
the run it failed in last: `/runs/{id}/undecided`. */
    undecided: number;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Feed = {
  items: Array<{
    conversions: Array<string>;
    /** Only when the field would be empty otherwise. */
    fallback: boolean;
    path: string;
    target: string;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Item = {
  items: Array<{
    at: string;
    attempts: number;
    connection: string;
    /** `{chunk}.{index}`. */
    id: string;
    /** The fetch node it came from. */
    node: string;
    /** Why it was skipped or failed, and warnings. */
    notes: Array<Note>;
    outcome: Outcome;
    /** The Portal record it became. */
    portal?: (string | null);
    /** The record's id in its source. */
    record: string;
    resource: string;
    /** Revision of the record that was processed. */
    revision?: (number | null);
    /** The write node it went to, or would have. */
    target?: (string | null);
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Kept = {
  items: Array<{
    /** Days from when it came; absent where time alone erases nothing. */
    days?: (number | null);
    kind: KeptKind;
    /** What the server's operator sets to change it; absent where it cannot be set. */
    setting?: (string | null);
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Lineage = {
  items: Array<{
    fields: Array<FieldLineage>;
    portal: PortalPlace;
    /** The record it was made of. */
    source: SourcePlace;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_LogLine = {
  items: Array<{
    at: string;
    code: string;
    level: Level;
    message: string;
    node?: (string | null);
    position: number;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Mapping = {
  items: Array<{
    app: string;
    created_at: string;
    definition: Record<string, unknown>;
    /** What it fills in Portal: `user`, `post`, … */
    entity: string;
    id: string;
    name: string;
    /** The source's kind of record: `users`, `posts`. */
    resource: string;
    /** The newest; 0 before the first save. */
    revision: number;
    revisions: Array<RevisionLine>;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_PortalRecord = {
  items: Array<{
    /** Out of use: it is gone from its source. A later write brings it back. */
    archived: boolean;
    changed_at: string;
    created_at: string;
    entity: string;
    /** Where it came from: `{connection}.{resource}.{id}`. */
    external: string;
    /** Absent when the person it speaks of was erased. */
    fields?: (Record<string, unknown> | null);
    id: string;
    mapping: MappingStamp;
    /** Source records that are not here yet, by field. */
    pending: Record<string, string>;
    /** Position of the last change. */
    position: number;
    /** Other Portal records, by field. */
    references: Record<string, string>;
    /** It was taken back by an undo, and lists leave it out. */
    removed: boolean;
    /** Counts the changes, from 0. */
    revision: number;
    source_version?: (string | null);
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_QuarantineLine = {
  items: Array<{
    at: string;
    bytes: number;
    /** An operator may let it in: it is rightly signed, its bytes are here, and it did not come otherwise meanwhile. */
    can_be_released: boolean;
    connection: string;
    /** Refusals before it that were only counted. */
    counted: Record<string, number>;
    digest: string;
    headers: Record<string, string>;
    id: string;
    mode: string;
    position: number;
    reason: QuarantineReason;
    /** The receipt it would have. */
    receipt?: (string | null);
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_ReadyMadeMapping = {
  items: Array<{
    app: string;
    definition: Record<string, unknown>;
    entity: string;
    name: string;
    resource: string;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_RecordLine = {
  items: Array<{
    /** It no longer exists in its source. */
    gone: boolean;
    /** The source's id. */
    id: string;
    position: number;
    revision: number;
    /** The source's own version. */
    version?: (string | null);
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Run = {
  items: Array<{
    actor: string;
    counts: Counts;
    ended_at?: (string | null);
    /** By fetch node. */
    fetches: Record<string, Fetch>;
    id: string;
    /** What kind of run it is: `import` asks the source, the others work on what was recorded. */
    kind: RunKind;
    limit?: (number | null);
    mode: RunMode;
    /** By node of the graph: what came to an end there. `read` counts what a fetch node brought. */
    nodes: Record<string, Counts>;
    phase: RunPhase;
    /** The preview that this re-import carries out, if it does. */
    preview?: (string | null);
    rating?: (Rating | null);
    /** The run whose failures this one retries, if it is one. */
    retry_of?: (string | null);
    scenario: string;
    started_at: string;
    /** The run that this one takes back, if it does. */
    undo_of?: (string | null);
    /** 0 for a dry run of a draft. */
    version: number;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Scenario = {
  items: Array<{
    /** The position that was asked for; absent for now. */
    as_of?: (number | null);
    changed_at: string;
    created_at: string;
    /** Number of the newest draft; the next save must name it. 0 before the first. */
    draft: number;
    draft_graph: Record<string, unknown>;
    id: string;
    last_run?: (LastRun | null);
    name: string;
    /** When a schedule starts it next; absent without one. */
    next_run_at?: (string | null);
    /** Turned off: nothing starts it. */
    off: boolean;
    template?: (string | null);
    /** Newest published version; 0 before the first. */
    version: number;
    version_graph: Record<string, unknown>;
    /** Newest first. */
    versions: Array<VersionLine>;
    /** The last seven days, oldest first; empty where it is not told. */
    week: Array<ScenarioDay>;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_ScenarioTemplate = {
  items: Array<{
    /** The app that it reads from. */
    app: string;
    graph: Record<string, unknown>;
    /** `import-users`. */
    id: string;
    name: string;
    /** The resources of that app whose ready-made mapping it uses. */
    resources: Array<string>;
    /** One sentence on what it does. */
    summary: string;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Token = {
  items: Array<{
    id: string;
    issued_at: string;
    name: string;
    revoked_at?: (string | null);
    role: Role;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Undecided = {
  items: Array<{
    connection: string;
    /** The item within the run. */
    item: string;
    /** The record's id in its source. */
    record: string;
    resource: string;
    /** The run that sent it: this one, or one before. */
    sent_by: string;
    /** Since when it waits. */
    since: string;
    /** The connection that it was sent to. */
    to: string;
    /** Why there is no answer. */
    why: string;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

/** A page of a list. */
export type Listed_Watch = {
  items: Array<{
    /** By day (UTC), the last fourteen on which anything changed. */
    days: Record<string, WatchDay>;
    /** When a change was heard last. */
    heard_at?: (string | null);
    /** Records that are missing from the source, too many to believe it without a person. */
    held: number;
    held_at?: (string | null);
    /** The first of them. */
    held_ids: Array<string>;
    /** Of the changes of these seven days, the part that nobody told of and only a sweep found, in per cent. */
    missed_per_cent: number;
    resource: string;
    sweep?: (Sweep | null);
    /** A reading of everything was asked for and is not over. */
    sweep_requested: boolean;
    /** Records that the source shows in a way that cannot be read, at most a hundred. They are read again whenever
everything is. */
    unread: Array<UnreadRecord>;
    /** The last seven days (UTC), today among them. */
    week: WatchDay;
  }>;
  /** Ask again with this as `cursor` for more; absent after the last page. */
  next_cursor?: (string | null);
  /** How many there are in all, where that is cheap to know. */
  total?: (number | null);
};

export type LogLine = {
  at: string;
  code: string;
  level: Level;
  message: string;
  node?: (string | null);
  position: number;
};

export type Mapped = {
  fields: Record<string, unknown>;
  mapping: MappingStamp;
  provenance: Array<Provenance>;
  references: Array<Reference>;
  rejects: Array<FieldProblem>;
  warnings: Array<FieldProblem>;
};

export type Mapping = {
  app: string;
  created_at: string;
  definition: Record<string, unknown>;
  /** What it fills in Portal: `user`, `post`, … */
  entity: string;
  id: string;
  name: string;
  /** The source's kind of record: `users`, `posts`. */
  resource: string;
  /** The newest; 0 before the first save. */
  revision: number;
  revisions: Array<RevisionLine>;
};

export type MappingChoice = {
  id: string;
  /** The newest when absent. */
  revision?: (number | null);
};

export type MappingStamp = {
  id: string;
  revision: number;
};

export type MappingTouched = {
  id: string;
  name: string;
};

export type Mentioned = {
  position: number;
  /** The stream: `record-…` or `portal-…`. */
  stream: string;
};

/** Since the beginning of this installation. */
export type Metrics = {
  connections_established: number;
  /** Share of the records that came to an end and failed, 0 to 1; absent when there were none. */
  error_rate?: (number | null);
  records_imported: number;
  satisfaction: Satisfaction;
  scenarios_created: number;
};

export type Note = {
  code: string;
  field?: (string | null);
  message: string;
  /** The value that was at fault; only in the answer for one item. */
  raw?: (string | null);
  remedy?: (string | null);
  /** The node where it happened. */
  step: string;
};

export type OpenWebhooks = {
  mode: WebhookMode;
  secret?: (Secret | null);
};

/** Numbers of a sender's outbox that never came, both ends included. */
export type OutboxRange = {
  first: number;
  last: number;
  outbox: string;
};

export type Outcome = "created" | "updated" | "unchanged" | "skipped" | "failed" | "removed";

export type Overview = {
  /** What needs somebody, worst first; at most 5. */
  attention: Array<Attention>;
  /** Every hour of the range, oldest first, also those in which nothing happened. UTC. */
  hours: Array<Hour>;
  metrics: Metrics;
  /** Groups of failures that nobody has dealt with yet; `GET /failures?state=open` lists them. */
  open_failures: number;
  records_failed: number;
  /** Created or updated, in the range. */
  records_imported: number;
  /** 95 of 100 runs took no longer, of the runs that ended in the range (of its newest 1000); absent without any. */
  run_time_p95_ms?: (number | null);
  /** Share of the records that came to an end and did not fail, 0 to 1; absent when there were none. */
  success_rate?: (number | null);
  /** Records that wait for a person to say whether they arrived. They are a part of the open failures, and the newest
1,000 failures are looked through for them. */
  undecided: number;
};

export type PauseConnection = {
  /** Why, for whoever finds it paused. */
  reason?: (string | null);
};

/** What is held of a person, and what erasing would do. */
export type PersonHeld = {
  /** How many e-mail addresses are theirs. Their records would not come back by any of them. */
  addresses: number;
  /** Copies in destinations elsewhere. This installation cannot erase there: do it in those systems. */
  elsewhere: Array<Elsewhere>;
  /** Events that would lose their content. */
  events: number;
  /** False when the log holds nothing of them. */
  found: boolean;
  /** Content of others that names the person; it is erased only with `mentions`. */
  mentions: Array<Mentioned>;
  /** Portal records of this installation. */
  portal: Array<string>;
  /** Source records: `{connection}.{resource}.{id}`. */
  records: Array<string>;
  /** Whose keys would be destroyed. */
  subjects: Array<string>;
};

export type PortableConnection = {
  app: string;
  name: string;
};

export type PortableMapping = {
  app: string;
  definition: Record<string, unknown>;
  entity: string;
  name: string;
  resource: string;
};

export type PortableScenario = {
  /** What the connections in the graph are, by the id they have there. */
  connections?: Record<string, PortableConnection>;
  /** `portal-integrations/scenario`. */
  format: string;
  /** 1. */
  format_version: number;
  graph: Record<string, unknown>;
  /** The mappings in the graph, by the id they have there. */
  mappings?: Record<string, PortableMapping>;
  name: string;
};

export type PortalPlace = {
  /** The destination's connection. */
  connection: string;
  id: string;
  /** `users`, `posts`, … */
  kind: string;
};

/** A Portal record. */
export type PortalRecord = {
  /** Out of use: it is gone from its source. A later write brings it back. */
  archived: boolean;
  changed_at: string;
  created_at: string;
  entity: string;
  /** Where it came from: `{connection}.{resource}.{id}`. */
  external: string;
  /** Absent when the person it speaks of was erased. */
  fields?: (Record<string, unknown> | null);
  id: string;
  mapping: MappingStamp;
  /** Source records that are not here yet, by field. */
  pending: Record<string, string>;
  /** Position of the last change. */
  position: number;
  /** Other Portal records, by field. */
  references: Record<string, string>;
  /** It was taken back by an undo, and lists leave it out. */
  removed: boolean;
  /** Counts the changes, from 0. */
  revision: number;
  source_version?: (string | null);
};

export type Preview = {
  /** Where records are from; not needed with `records`. */
  connection?: (string | null);
  definition: Record<string, unknown>;
  /** Only these records. */
  ids?: Array<string>;
  /** Records to use instead of those of a connection. */
  records?: (Array<Record<string, unknown>> | null);
  resource?: (string | null);
  /** How many records, 1 to 20; 3 when absent. */
  sample?: (number | null);
};

export type PreviewRun = Record<string, unknown>;

/** What a run would make of a few records. Nothing is written. */
export type Previewed = {
  from: SampledFrom;
  records: Array<RecordPreview>;
  summary: Summary;
};

/** The body of every answer that is not a success. */
export type Problem = {
  /** Stable, upper-case. */
  code: string;
  /** Why. */
  detail: string;
  /** The input field at fault. */
  field?: (string | null);
  /** Everything that is wrong, where there is more than one thing; also the stages of a failed test. */
  problems?: Array<Record<string, unknown>>;
  /** What to do next. */
  remedy: string;
  request_id: string;
  status: number;
  /** What, in a few words. */
  title: string;
  /** A URI for the kind of problem. */
  type: string;
};

export type ProblemCount = {
  code: string;
  count: number;
  /** The first ten records that have it. */
  examples: Array<string>;
  field: string;
  message: string;
  /** False when it is only a warning. */
  rejects: boolean;
  remedy: string;
};

/** Where one field came from. */
export type Provenance = {
  defaulted: boolean;
  field: string;
  result?: (Record<string, unknown> | null);
  source_path?: (string | null);
  source_value?: (Record<string, unknown> | null);
  steps: Array<ProvenanceStep>;
};

export type ProvenanceStep = {
  conversion: string;
  value: Record<string, unknown>;
};

export type Publish = {
  /** The draft that is meant; a stale one is refused with 409. The newest when absent. */
  draft?: (number | null);
  /** What has changed, for people. */
  note?: string;
};

/** A delivery that was kept aside. */
export type QuarantineLine = {
  at: string;
  bytes: number;
  /** An operator may let it in: it is rightly signed, its bytes are here, and it did not come otherwise meanwhile. */
  can_be_released: boolean;
  connection: string;
  /** Refusals before it that were only counted. */
  counted: Record<string, number>;
  digest: string;
  headers: Record<string, string>;
  id: string;
  mode: string;
  position: number;
  reason: QuarantineReason;
  /** The receipt it would have. */
  receipt?: (string | null);
};

export type QuarantineReason = "unsigned" | "mismatch" | "stale" | "other-content";

export type RateRun = {
  /** Why, in words. It is kept as it is: name nobody. */
  note?: (string | null);
  /** It went as it should. */
  satisfied: boolean;
};

/** How somebody said that a run went. */
export type Rating = {
  actor: string;
  at: string;
  note?: (string | null);
  satisfied: boolean;
};

/** A record that a delivery named, and what was found. */
export type ReadRecord = {
  finding: Finding;
  id: string;
  note?: (string | null);
  resource: string;
  revision?: (number | null);
};

/** A definition that comes with the product, to start from. */
export type ReadyMadeMapping = {
  app: string;
  definition: Record<string, unknown>;
  entity: string;
  name: string;
  resource: string;
};

export type Reason = {
  code: string;
  count: number;
  field?: (string | null);
  /** The first one's id within the run, and what it said. */
  item: string;
  message: string;
  outcome: Outcome;
  step: string;
};

export type RebuildViews = {
  /** Only compare with the live ones, and change nothing. */
  compare_only?: boolean;
  /** Names of views; none means all. */
  views?: Array<string>;
};

export type RebuiltView = {
  /** Digest of all rows. */
  hash: string;
  hash_before: string;
  position: number;
  rows: number;
  rows_before: number;
  /** The view was what the log says. */
  same: boolean;
  /** The new one is live now. */
  switched: boolean;
  view: string;
};

/** The whole way of one delivery: its bytes, the verdict, the records, the runs, Portal's answers. */
export type Receipt = {
  connection: string;
  id: string;
  read?: (ReceiptRead | null);
  received: ReceiptReceived;
  records: Array<ReceiptRecord>;
  /** How many records it named; the first 100 are told. */
  records_total: number;
};

export type ReceiptRead = {
  at: string;
  /** Why nothing could be made of it, or of a part. */
  note?: (string | null);
  position: number;
};

export type ReceiptReceived = {
  at: string;
  bytes: number;
  digest: string;
  /** False once its bytes were erased. */
  has_bytes: boolean;
  headers: Record<string, string>;
  mode: string;
  position: number;
  /** Number of the secret that fitted. */
  secret?: (number | null);
  verdict: Verdict;
};

/** One record that the delivery named. */
export type ReceiptRecord = {
  finding: Finding;
  id: string;
  note?: (string | null);
  resource: string;
  revision?: (ReceiptRevision | null);
  /** What every destination has of it. */
  written: Array<ReceiptWritten>;
};

export type ReceiptRevision = {
  at: string;
  position: number;
  revision: number;
};

export type ReceiptWritten = {
  /** The destination's connection. */
  destination: string;
  includes_this: boolean;
  outcome?: (Outcome | null);
  /** The record at the destination. */
  portal: string;
  /** Where the built-in Portal wrote it; absent for one over HTTP. */
  portal_position?: (number | null);
  /** What the destination or a node remarked. */
  remarks: Array<string>;
  /** The revision that is there. A later one holds this one's change too; an earlier one means that it waits. */
  revision: number;
  /** The run that wrote it last. */
  run: string;
  /** Where the run settled it. */
  run_position?: (number | null);
};

/** A record's newest revision. */
export type RecordLine = {
  /** It no longer exists in its source. */
  gone: boolean;
  /** The source's id. */
  id: string;
  position: number;
  revision: number;
  /** The source's own version. */
  version?: (string | null);
};

export type RecordPreview = {
  fields: Record<string, unknown>;
  /** The record's id in its source. */
  id: string;
  provenance: Array<Provenance>;
  record: Record<string, unknown>;
  references: Array<Reference>;
  /** With any of these the record would not be written. */
  rejects: Array<FieldProblem>;
  warnings: Array<FieldProblem>;
};

/** A record of a source, with how it came to be. */
export type RecordShown = {
  /** The position that was asked for; absent for now. */
  as_of?: (number | null);
  connection: string;
  /** It no longer existed in its source. */
  gone: boolean;
  id: string;
  /** As the source sent it; absent when the person it speaks of was erased or the record is gone. */
  record: Record<string, unknown>;
  resource: string;
  /** The revision that is shown. */
  revision: number;
  /** Newest first. */
  revisions: Array<RevisionShown>;
};

/** A field that is another record of the source. */
export type Reference = {
  external_id: string;
  field: string;
  resource: string;
};

export type ReimportFilter = {
  /** Only these records, by their ids in the source. */
  ids?: Array<string>;
  /** Only this kind of record: `users`, `posts`. */
  resource?: (string | null);
};

export type ReimportMode = "preview" | "apply";

export type Released = {
  /** False when the delivery was there already. */
  changed: boolean;
  position: u64;
  /** Ask for it at `/api/v1/receipts/{id}`. */
  receipt: string;
};

export type RenameConnection = {
  name: string;
};

export type RenameScenario = {
  name: string;
};

export type RequestSweep = {
  /** The kind of records: users, posts, … */
  resource: string;
};

export type ResourceCount = {
  id: string;
  name: string;
  problem?: (Trouble | null);
  /** As the site says; absent when it does not. */
  total?: (number | null);
};

export type Resources = {
  /** Own kinds of records that the look before the newest found and the newest did not. */
  gone: Array<string>;
  items: Array<ConnectionResource>;
};

export type RetriesFilter = {
  /** Only items that fail with this code. */
  code?: (string | null);
  /** Only items of this failure. */
  failure?: (string | null);
  scenario?: (string | null);
  /** Only items that failed last at this time or later. */
  since?: (string | null);
  /** Only items that fail at this node. */
  step?: (string | null);
};

export type RetriesStarted = {
  /** Items that match and are worked on. */
  count: number;
  /** Items that match but could not be read when they came; only another run can read them again. */
  not_recorded: number;
  position?: (u64 | null);
  /** The new runs; none when only asked. */
  runs: Array<StartedRetry>;
  /** Items that match but wait for a person to say whether they arrived (`OUTCOME_UNKNOWN`): until then no run sends
them. `/runs/{id}/undecided` lists those of a run. */
  undecided: number;
};

/** What a retry works on, and the run that does it unless it was only asked how many there are. */
export type RetryAnswer = {
  /** Items that match and are worked on. */
  count: number;
  /** The new run. */
  id?: (string | null);
  /** Items that match but could not be read when they came; only another run can read them again. */
  not_recorded: number;
  position?: (u64 | null);
  /** The same. */
  run?: (string | null);
  /** Items that match but no longer fail, because a later run brought them to a better end. */
  settled_since: number;
  /** Items that match but wait for a person to say whether they arrived (`OUTCOME_UNKNOWN`): until then no run sends
them. `/runs/{id}/undecided` lists them. */
  undecided: number;
};

export type RetryFilter = {
  /** Only items with a note of this code. */
  code?: (string | null);
  /** Only these, by their ids within the run. */
  items?: (Array<string> | null);
  outcome?: (RetryOutcome | null);
  /** Only items with a note of this node. */
  step?: (string | null);
};

export type RetryOutcome = "failed";

export type RetryRun = {
  /** Only say how many items match. */
  dry_run?: boolean;
  /** Which of the run's failed items; all of them when absent. */
  filter?: RetryFilter;
  /** The rules to follow. */
  version?: RetryVersion;
};

export type RetryVersion = "pinned" | "newest";

export type ReviseMapping = {
  definition: Record<string, unknown>;
  /** The revision that was edited; a stale one is refused with 409. */
  expected: number;
};

export type RevisionLine = {
  actor: string;
  at: string;
  revision: number;
};

export type RevisionShown = {
  /** Who saw it: usually a run. */
  actor: string;
  at: string;
  /** `record.changed` or `record.gone`. */
  event: string;
  position: number;
  revision: number;
};

export type RevokeSecret = {
  /** The secret's number. */
  number: number;
  reason?: (string | null);
};

export type Role = "viewer" | "operator" | "administrator";

export type RotateSecret = {
  /** How long the secret before is accepted too; default 24, at most 168. 0 ends it at once. */
  overlap_hours?: (number | null);
  secret?: (Secret | null);
};

export type Run = {
  actor: string;
  counts: Counts;
  ended_at?: (string | null);
  /** By fetch node. */
  fetches: Record<string, Fetch>;
  id: string;
  /** What kind of run it is: `import` asks the source, the others work on what was recorded. */
  kind: RunKind;
  limit?: (number | null);
  mode: RunMode;
  /** By node of the graph: what came to an end there. `read` counts what a fetch node brought. */
  nodes: Record<string, Counts>;
  phase: RunPhase;
  /** The preview that this re-import carries out, if it does. */
  preview?: (string | null);
  rating?: (Rating | null);
  /** The run whose failures this one retries, if it is one. */
  retry_of?: (string | null);
  scenario: string;
  started_at: string;
  /** The run that this one takes back, if it does. */
  undo_of?: (string | null);
  /** 0 for a dry run of a draft. */
  version: number;
};

export type RunAccepted = {
  /** The run. */
  id: string;
  /** Ask a read with this as `min_position` to see the run. */
  position: u64;
  /** The same. */
  run: string;
};

export type RunKind = "import" | "retry" | "reimport" | "undo" | "changes";

export type RunMode = "apply" | "dry-run";

export type RunPhase = "running" | "paused" | "awaiting-approval" | "cancelling" | "succeeded" | "partly-failed" | "failed" | "cancelled";

/** Where samples came from. */
export type SampledFrom = "given" | "log" | "site";

/** How people said that runs went; the newest answer for each run. */
export type Satisfaction = {
  bad: number;
  good: number;
};

export type SaveDraft = {
  /** The draft that was edited; a stale one is refused with 409. */
  expected: number;
  graph: Record<string, unknown>;
};

export type Scenario = {
  /** The position that was asked for; absent for now. */
  as_of?: (number | null);
  changed_at: string;
  created_at: string;
  /** Number of the newest draft; the next save must name it. 0 before the first. */
  draft: number;
  draft_graph: Record<string, unknown>;
  id: string;
  last_run?: (LastRun | null);
  name: string;
  /** When a schedule starts it next; absent without one. */
  next_run_at?: (string | null);
  /** Turned off: nothing starts it. */
  off: boolean;
  template?: (string | null);
  /** Newest published version; 0 before the first. */
  version: number;
  version_graph: Record<string, unknown>;
  /** Newest first. */
  versions: Array<VersionLine>;
  /** The last seven days, oldest first; empty where it is not told. */
  week: Array<ScenarioDay>;
};

/** One day, UTC, of runs that wrote, by when they started. */
export type ScenarioDay = {
  day: string;
  failed: number;
  /** Records created or updated. */
  imported: number;
  runs: number;
  /** Runs in which nothing failed. */
  succeeded: number;
};

/** Something that is wrong with a scenario. */
export type ScenarioProblem = {
  code: string;
  field?: (string | null);
  level: Level;
  message: string;
  node?: (string | null);
  remedy: string;
};

export type ScenarioStopped = {
  id: string;
  /** Its published version, and not only its draft, uses the connection, and it is on. */
  live: boolean;
  name: string;
};

export type ScenarioTemplate = {
  /** The app that it reads from. */
  app: string;
  graph: Record<string, unknown>;
  /** `import-users`. */
  id: string;
  name: string;
  /** The resources of that app whose ready-made mapping it uses. */
  resources: Array<string>;
  /** One sentence on what it does. */
  summary: string;
};

/** A published version, as it was published. */
export type ScenarioVersion = {
  actor: string;
  at: string;
  graph: Record<string, unknown>;
  note: string;
  position: number;
  scenario: string;
  version: number;
};

export type SchemaChange = {
  before: Array<string>;
  kind: ChangeKind;
  mappings: Array<MappingTouched>;
  now: Array<string>;
  path: string;
};

/** Goes in and never comes out. */
export type Secret = string;

/** Who is signed in. */
export type Session = {
  /** What the audit log calls it: `token:tk_…`. */
  actor: string;
  /** Send this as `X-CSRF-Token` with everything that changes something. Absent for a call without a cookie. */
  csrf?: (string | null);
  /** Sign in again after that. Absent for a call without a cookie. */
  expires_at?: (string | null);
  /** The access token's name. */
  name: string;
  role: Role;
};

export type SetFailureState = {
  /** Why, for whoever looks at it next. */
  note?: string;
  state: FailureState;
};

export type Severity = "error" | "warning";

/** What is in this answer and nowhere else. */
export type ShownOnce = {
  /** For the WordPress plugin: paste it into its settings page. */
  pairing_code?: (string | null);
  /** Absent when you brought your own. */
  secret?: (string | null);
  /** Where deliveries are sent. With `capability-url` the secret is a part of it. */
  url: string;
};

export type Site = {
  address: string;
  details: Record<string, unknown>;
  identity: Identity;
  origin: string;
};

export type SourcePlace = {
  connection: string;
  id: string;
  resource: string;
};

/** One stage of finding or testing a site. */
export type Stage = {
  finding: string;
  id: string;
  millis: number;
  remedy?: (string | null);
  result: StageResult;
  title: string;
};

export type StageResult = "passed" | "warned" | "failed" | "skipped";

export type StartReimport = {
  /** With `preview`: the draft, before it is published. */
  draft?: boolean;
  /** Which records; all that the version fetches when absent. */
  filter?: ReimportFilter;
  mapping?: (MappingChoice | null);
  /** `preview` says what would happen and writes nothing; `apply` writes the differences. */
  mode: ReimportMode;
  /** With `apply`: carry out exactly what this preview showed. Records that have changed since are left out. */
  preview?: (string | null);
  /** A published version; the newest when absent. */
  version?: (number | null);
};

export type StartRetries = {
  /** Only say how many items match. */
  dry_run?: boolean;
  /** Which of the items that fail at present; all of them when absent. */
  filter?: RetriesFilter;
  /** The rules to follow. */
  version?: RetryVersion;
};

export type StartRun = {
  /** Run the draft instead of the published version; only with `dry_run`. */
  draft?: boolean;
  /** Everything but the writing. */
  dry_run?: boolean;
  /** Stop after this many records of each fetch. */
  limit?: (number | null);
};

export type StartedRetry = {
  count: number;
  run: string;
  scenario: string;
  version: number;
};

export type StoreCredentials = {
  auth: Auth;
  /** Store it even if the test fails. */
  even_if_failing?: boolean;
};

/** Everything that is held of a person, readable by people and machines. */
export type SubjectExport = {
  /** Oldest first. */
  content: Array<HeldContent>;
  held: PersonHeld;
};

export type Summary = {
  accepted: number;
  records: number;
  rejected: number;
  warned: number;
};

export type Sweep = {
  begun: string;
  /** Everything was read; only then is anything taken for gone. */
  complete: boolean;
  ended: string;
  gone: number;
  /** Records that the source counts but does not show to this account. */
  hidden: number;
  /** Changes that nobody had told of. */
  missed: number;
  /** Why it is not complete. */
  problem?: (string | null);
  seen: number;
  /** Records that the source showed older than they are known. */
  stale: number;
};

export type TestDelivered = {
  /** The code of a refusal. */
  code?: (string | null);
  /** Ask for it at `/api/v1/receipts/{id}`; absent when it was refused. */
  receipt?: (string | null);
  /** What a sender would have been answered. */
  status: number;
};

/** What a test found. */
export type Tested = {
  changed: boolean;
  health: Health;
  id: string;
  position: u64;
  stages: Array<Stage>;
};

export type Timeline = {
  /** Newest first, at most 200: the connection's newest 100 changes and tests, and the newest 50 runs of each scenario
that uses it. */
  items: Array<TimelineLine>;
};

export type TimelineKind = "edit" | "health" | "run";

export type TimelineLine = {
  actor: string;
  at: string;
  /** How a run ended: its phase. */
  detail?: (string | null);
  kind: TimelineKind;
  /** The event's place in the log; absent for runs, which are many events. */
  position?: (number | null);
  /** The run, where it is one. */
  run?: (string | null);
  title: string;
};

/** A token, without its text, which nobody has any more. */
export type Token = {
  id: string;
  issued_at: string;
  name: string;
  revoked_at?: (string | null);
  role: Role;
};

export type TokenIssued = {
  id: string;
  position: u64;
  /** Shown this once. Absent when the request is a repeat: then it was shown before. */
  token?: (string | null);
};

/** A fault of the world that ended something. */
export type Trouble = {
  code: string;
  message: string;
  remedy: string;
};

export type TurnOff = {
  /** Why, for whoever finds it off. */
  reason?: (string | null);
};

/** Runs that change at most so many records, or at most such a share of those looked at, wait for nobody. */
export type Unapproved = {
  changes: number;
  /** 0 to 1. */
  share: number;
};

/** An item of which nobody can tell whether it arrived, and about which nobody has decided yet. */
export type Undecided = {
  connection: string;
  /** The item within the run. */
  item: string;
  /** The record's id in its source. */
  record: string;
  resource: string;
  /** The run that sent it: this one, or one before. */
  sent_by: string;
  /** Since when it waits. */
  since: string;
  /** The connection that it was sent to. */
  to: string;
  /** Why there is no answer. */
  why: string;
};

export type UndoRun = {
  /** `preview` says what would happen and writes nothing. */
  mode: ReimportMode;
};

export type UnreadRecord = {
  code: string;
  /** Its id, or its place where the id cannot be read either. */
  id: string;
  message: string;
  /** When it was first noticed. */
  since: string;
};

export type Validate = {
  /** A graph that is not saved yet; the draft when absent. */
  graph?: (Record<string, unknown> | null);
};

export type Validated = {
  problems: Array<ScenarioProblem>;
  /** It can be published as it is. */
  publishable: boolean;
};

export type Verdict = "signed" | "body-signed" | "hint" | "released";

export type VersionLine = {
  actor: string;
  at: string;
  note: string;
  version: number;
};

export type View = {
  /** Events it does not show yet. */
  behind: number;
  name: string;
  /** It shows the log up to here. */
  position: number;
  /** Raised when a release folds it otherwise. */
  version: number;
};

export type ViewRebuild = {
  actor: string;
  at: string;
  /** What became of each view, when it is done. */
  outcome: Array<RebuiltView>;
  /** How far it is, while it runs. */
  position?: (number | null);
  /** `running`, `done` or `failed`. */
  state: string;
  views: Array<string>;
  /** Why it failed. */
  why?: (string | null);
};

export type Views = {
  items: Array<View>;
  rebuild?: (ViewRebuild | null);
};

/** One kind of records that is kept in step. */
export type Watch = {
  /** By day (UTC), the last fourteen on which anything changed. */
  days: Record<string, WatchDay>;
  /** When a change was heard last. */
  heard_at?: (string | null);
  /** Records that are missing from the source, too many to believe it without a person. */
  held: number;
  held_at?: (string | null);
  /** The first of them. */
  held_ids: Array<string>;
  /** Of the changes of these seven days, the part that nobody told of and only a sweep found, in per cent. */
  missed_per_cent: number;
  resource: string;
  sweep?: (Sweep | null);
  /** A reading of everything was asked for and is not over. */
  sweep_requested: boolean;
  /** Records that the source shows in a way that cannot be read, at most a hundred. They are read again whenever
everything is. */
  unread: Array<UnreadRecord>;
  /** The last seven days (UTC), today among them. */
  week: WatchDay;
};

export type WatchDay = {
  /** Changes that the source told of when it was asked. */
  heard: number;
  /** Changes that nobody told of, found by reading everything. */
  missed: number;
};

export type WebhookAlgorithm = "sha256" | "sha512" | "sha1";

export type WebhookEncoding = "base64" | "hex";

export type WebhookKind = "standard-webhooks" | "woocommerce" | "hmac-body" | "capability-url";

/** How senders prove who they are. There is no mode without a secret. */
export type WebhookMode = {
  algorithm?: (WebhookAlgorithm | null);
  encoding?: (WebhookEncoding | null);
  /** For `hmac-body`: the header that holds the MAC, in lower case. */
  header?: (string | null);
  kind: WebhookKind;
  /** For `hmac-body`: what stands before the MAC, such as `sha256=`. */
  prefix?: (string | null);
};

/** A secret, without itself. */
export type WebhookSecret = {
  fingerprint: string;
  is_accepted: boolean;
  last_used_at?: (string | null);
  number: number;
  /** Until when it is accepted; absent for the newest one. */
  until?: (string | null);
};

export type Webhooks = {
  connection: string;
  /** Numbers of the sender's outbox that never came. */
  gaps: Array<OutboxRange>;
  last_read_at?: (string | null);
  last_received_at?: (string | null);
  last_refused_at?: (string | null);
  mode: WebhookMode;
  opened_at?: (string | null);
  phase: EndpointPhase;
  /** Deliveries up to this position were read. */
  read_to: number;
  /** Deliveries that were let in. */
  received: number;
  /** Deliveries that were refused, by reason. */
  refused: Record<string, number>;
  secrets: Array<WebhookSecret>;
  /** Where deliveries are sent; with `capability-url` the secret follows it. */
  url: string;
  /** What should be better. */
  warnings: Array<string>;
};

export type WebhooksOpened = (ShownOnce & {
  changed: boolean;
  id: string;
  position: u64;
});

/** A person, by e-mail address or by one of the records that speak of them. Exactly one of both. */
export type WhichPerson = {
  email?: (string | null);
  /** `{connection}.{resource}.{id}` */
  record?: (string | null);
};

export type u64 = number;

/** Every operation, by method and path. */
export interface Paths {
  'GET /api/v1/about': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    ok: About;
  };
  'GET /api/v1/actors': {
    path: Record<never, never>;
    query: { q?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Actor;
  };
  'GET /api/v1/apps': {
    path: Record<never, never>;
    query: { min_position?: number };
    body: undefined;
    ok: Listed_App;
  };
  'GET /api/v1/apps/{id}': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: App;
  };
  'GET /api/v1/apps/{id}/companion': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: undefined;
  };
  'GET /api/v1/audit': {
    path: Record<never, never>;
    query: { actor?: string; action?: string; object?: string; from?: string; to?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_AuditLine;
  };
  'GET /api/v1/audit/{position}': {
    path: { position: number };
    query: { min_position?: number };
    body: undefined;
    ok: AuditEntry;
  };
  'GET /api/v1/connections': {
    path: Record<never, never>;
    query: { q?: string; app?: string; health?: Health; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Connection;
  };
  'POST /api/v1/connections': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: Add;
    ok: Added;
  };
  'POST /api/v1/connections/discover': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: Discover;
    ok: Discovered;
  };
  'GET /api/v1/connections/{id}': {
    path: { id: string };
    query: { at?: string; min_position?: number };
    body: undefined;
    ok: Connection;
  };
  'DELETE /api/v1/connections/{id}': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'POST /api/v1/connections/{id}/authorise': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Authorise;
  };
  'POST /api/v1/connections/{id}/confirm-identity': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'GET /api/v1/connections/{id}/consequences': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Consequences;
  };
  'POST /api/v1/connections/{id}/credentials': {
    path: { id: string };
    query: Record<never, never>;
    body: StoreCredentials;
    ok: Tested;
  };
  'GET /api/v1/connections/{id}/fields': {
    path: { id: string };
    query: { resource: string };
    body: undefined;
    ok: Fields;
  };
  'GET /api/v1/connections/{id}/health': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: HealthHistory;
  };
  'POST /api/v1/connections/{id}/pause': {
    path: { id: string };
    query: Record<never, never>;
    body: PauseConnection;
    ok: Done;
  };
  'POST /api/v1/connections/{id}/rename': {
    path: { id: string };
    query: Record<never, never>;
    body: RenameConnection;
    ok: Done;
  };
  'GET /api/v1/connections/{id}/resources': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Resources;
  };
  'POST /api/v1/connections/{id}/resources/count': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Counted;
  };
  'POST /api/v1/connections/{id}/resume': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'POST /api/v1/connections/{id}/test': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Tested;
  };
  'GET /api/v1/connections/{id}/timeline': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Timeline;
  };
  'GET /api/v1/connections/{id}/watches': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Listed_Watch;
  };
  'POST /api/v1/connections/{id}/watches/gone': {
    path: { id: string };
    query: Record<never, never>;
    body: DecideGone;
    ok: Done;
  };
  'POST /api/v1/connections/{id}/watches/sweep': {
    path: { id: string };
    query: Record<never, never>;
    body: RequestSweep;
    ok: Done;
  };
  'GET /api/v1/connections/{id}/webhooks': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Webhooks;
  };
  'POST /api/v1/connections/{id}/webhooks': {
    path: { id: string };
    query: Record<never, never>;
    body: OpenWebhooks;
    ok: WebhooksOpened;
  };
  'DELETE /api/v1/connections/{id}/webhooks': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'GET /api/v1/connections/{id}/webhooks/deliveries': {
    path: { id: string };
    query: { limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_DeliveryLine;
  };
  'POST /api/v1/connections/{id}/webhooks/expect-handshake': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'POST /api/v1/connections/{id}/webhooks/revoke': {
    path: { id: string };
    query: Record<never, never>;
    body: RevokeSecret;
    ok: Done;
  };
  'POST /api/v1/connections/{id}/webhooks/rotate': {
    path: { id: string };
    query: Record<never, never>;
    body: RotateSecret;
    ok: WebhooksOpened;
  };
  'POST /api/v1/connections/{id}/webhooks/test': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: TestDelivered;
  };
  'GET /api/v1/erasures': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    ok: Listed_ErasureShown;
  };
  'POST /api/v1/erasures': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: ErasePerson;
    ok: Erased;
  };
  'POST /api/v1/erasures/preview': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: WhichPerson;
    ok: PersonHeld;
  };
  'POST /api/v1/erasures/{id}/lift': {
    path: { id: string };
    query: Record<never, never>;
    body: LiftErasure;
    ok: Done;
  };
  'GET /api/v1/failures': {
    path: Record<never, never>;
    query: { state?: FailureState; scenario?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Failure;
  };
  'GET /api/v1/failures/{id}': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Failure;
  };
  'GET /api/v1/failures/{id}/items': {
    path: { id: string };
    query: { limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Failing;
  };
  'POST /api/v1/failures/{id}/state': {
    path: { id: string };
    query: Record<never, never>;
    body: SetFailureState;
    ok: Done;
  };
  'GET /api/v1/mappings': {
    path: Record<never, never>;
    query: { q?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Mapping;
  };
  'POST /api/v1/mappings': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateMapping;
    ok: Done;
  };
  'POST /api/v1/mappings/check': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CheckMapping;
    ok: CheckResult;
  };
  'POST /api/v1/mappings/preview': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: Preview;
    ok: Previewed;
  };
  'GET /api/v1/mappings/{id}': {
    path: { id: string };
    query: { revision?: number; min_position?: number };
    body: undefined;
    ok: Mapping;
  };
  'DELETE /api/v1/mappings/{id}': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'GET /api/v1/mappings/{id}/feeds': {
    path: { id: string };
    query: { path?: string; revision?: number; min_position?: number };
    body: undefined;
    ok: Listed_Feed;
  };
  'POST /api/v1/mappings/{id}/revisions': {
    path: { id: string };
    query: Record<never, never>;
    body: ReviseMapping;
    ok: Done;
  };
  'GET /api/v1/openapi.json': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    ok: Record<string, unknown>;
  };
  'GET /api/v1/overview': {
    path: Record<never, never>;
    query: { range?: "24h" | "7d" | "30d"; min_position?: number };
    body: undefined;
    ok: Overview;
  };
  'GET /api/v1/portal': {
    path: Record<never, never>;
    query: { q?: string; kind?: string; source?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_PortalRecord;
  };
  'GET /api/v1/portal/{kind}': {
    path: { kind: string };
    query: { q?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_PortalRecord;
  };
  'GET /api/v1/portal/{kind}/{id}': {
    path: { kind: string; id: string };
    query: { at?: string; min_position?: number };
    body: undefined;
    ok: PortalRecord;
  };
  'GET /api/v1/portal/{kind}/{id}/history': {
    path: { kind: string; id: string };
    query: { limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Change;
  };
  'GET /api/v1/portal/{kind}/{id}/lineage': {
    path: { kind: string; id: string };
    query: { at?: string; min_position?: number };
    body: undefined;
    ok: Lineage;
  };
  'GET /api/v1/quarantine': {
    path: Record<never, never>;
    query: { connection?: string; reason?: QuarantineReason; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_QuarantineLine;
  };
  'POST /api/v1/quarantine/{id}/release': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Released;
  };
  'GET /api/v1/ready-made-mappings': {
    path: Record<never, never>;
    query: { min_position?: number };
    body: undefined;
    ok: Listed_ReadyMadeMapping;
  };
  'GET /api/v1/receipts/{id}': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Receipt;
  };
  'GET /api/v1/records': {
    path: Record<never, never>;
    query: { connection: string; resource: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_RecordLine;
  };
  'GET /api/v1/records/{connection}/{resource}/{id}': {
    path: { connection: string; resource: string; id: string };
    query: { at?: string; min_position?: number };
    body: undefined;
    ok: RecordShown;
  };
  'GET /api/v1/records/{connection}/{resource}/{id}/history': {
    path: { connection: string; resource: string; id: string };
    query: { limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Change;
  };
  'GET /api/v1/records/{connection}/{resource}/{id}/lineage': {
    path: { connection: string; resource: string; id: string };
    query: { path?: string; min_position?: number };
    body: undefined;
    ok: Listed_Lineage;
  };
  'GET /api/v1/retention': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    ok: Listed_Kept;
  };
  'POST /api/v1/retries': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: StartRetries;
    ok: RetriesStarted;
  };
  'GET /api/v1/runs': {
    path: Record<never, never>;
    query: { scenario?: string; phase?: RunPhase; status?: RunPhase; from?: string; to?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Run;
  };
  'GET /api/v1/runs/{id}': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Run;
  };
  'POST /api/v1/runs/{id}/approve': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'POST /api/v1/runs/{id}/cancel': {
    path: { id: string };
    query: Record<never, never>;
    body: CancelRun;
    ok: Done;
  };
  'GET /api/v1/runs/{id}/changes': {
    path: { id: string };
    query: { min_position?: number };
    body: undefined;
    ok: Changes;
  };
  'POST /api/v1/runs/{id}/decide': {
    path: { id: string };
    query: Record<never, never>;
    body: DecideItems;
    ok: RetryAnswer;
  };
  'POST /api/v1/runs/{id}/feedback': {
    path: { id: string };
    query: Record<never, never>;
    body: RateRun;
    ok: Done;
  };
  'GET /api/v1/runs/{id}/items': {
    path: { id: string };
    query: { outcome?: Outcome; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Item;
  };
  'GET /api/v1/runs/{id}/items/{item}': {
    path: { id: string; item: string };
    query: { min_position?: number };
    body: undefined;
    ok: ItemShown;
  };
  'GET /api/v1/runs/{id}/log': {
    path: { id: string };
    query: { limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_LogLine;
  };
  'POST /api/v1/runs/{id}/pause': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'POST /api/v1/runs/{id}/preview': {
    path: { id: string };
    query: Record<never, never>;
    body: PreviewRun;
    ok: RunAccepted;
  };
  'POST /api/v1/runs/{id}/resume': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'POST /api/v1/runs/{id}/retry': {
    path: { id: string };
    query: Record<never, never>;
    body: RetryRun;
    ok: RetryAnswer;
  };
  'GET /api/v1/runs/{id}/undecided': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Listed_Undecided;
  };
  'POST /api/v1/runs/{id}/undo': {
    path: { id: string };
    query: Record<never, never>;
    body: UndoRun;
    ok: RunAccepted;
  };
  'GET /api/v1/scenarios': {
    path: Record<never, never>;
    query: { q?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Scenario;
  };
  'POST /api/v1/scenarios': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateScenario;
    ok: Done;
  };
  'POST /api/v1/scenarios/import': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: ImportScenario;
    ok: Done;
  };
  'GET /api/v1/scenarios/{id}': {
    path: { id: string };
    query: { at?: string; min_position?: number };
    body: undefined;
    ok: Scenario;
  };
  'DELETE /api/v1/scenarios/{id}': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'PUT /api/v1/scenarios/{id}/draft': {
    path: { id: string };
    query: Record<never, never>;
    body: SaveDraft;
    ok: Done;
  };
  'POST /api/v1/scenarios/{id}/duplicate': {
    path: { id: string };
    query: Record<never, never>;
    body: Duplicate;
    ok: Done;
  };
  'GET /api/v1/scenarios/{id}/export': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: PortableScenario;
  };
  'POST /api/v1/scenarios/{id}/publish': {
    path: { id: string };
    query: Record<never, never>;
    body: Publish;
    ok: Done;
  };
  'POST /api/v1/scenarios/{id}/reimports': {
    path: { id: string };
    query: Record<never, never>;
    body: StartReimport;
    ok: RunAccepted;
  };
  'POST /api/v1/scenarios/{id}/rename': {
    path: { id: string };
    query: Record<never, never>;
    body: RenameScenario;
    ok: Done;
  };
  'POST /api/v1/scenarios/{id}/runs': {
    path: { id: string };
    query: Record<never, never>;
    body: StartRun;
    ok: RunAccepted;
  };
  'POST /api/v1/scenarios/{id}/turn-off': {
    path: { id: string };
    query: Record<never, never>;
    body: TurnOff;
    ok: Done;
  };
  'POST /api/v1/scenarios/{id}/turn-on': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'POST /api/v1/scenarios/{id}/validate': {
    path: { id: string };
    query: Record<never, never>;
    body: Validate;
    ok: Validated;
  };
  'GET /api/v1/scenarios/{id}/versions/{version}': {
    path: { id: string; version: number };
    query: { min_position?: number };
    body: undefined;
    ok: ScenarioVersion;
  };
  'GET /api/v1/session': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    ok: Session;
  };
  'POST /api/v1/session': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: BeginSession;
    ok: Session;
  };
  'DELETE /api/v1/session': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    ok: undefined;
  };
  'GET /api/v1/stream': {
    path: Record<never, never>;
    query: { topics?: string; after?: u64 };
    body: undefined;
    ok: undefined;
  };
  'POST /api/v1/subject-exports': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: WhichPerson;
    ok: SubjectExport;
  };
  'GET /api/v1/templates': {
    path: Record<never, never>;
    query: { min_position?: number };
    body: undefined;
    ok: Listed_ScenarioTemplate;
  };
  'GET /api/v1/tokens': {
    path: Record<never, never>;
    query: { q?: string; limit?: number; cursor?: string; min_position?: number };
    body: undefined;
    ok: Listed_Token;
  };
  'POST /api/v1/tokens': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: IssueToken;
    ok: TokenIssued;
  };
  'DELETE /api/v1/tokens/{id}': {
    path: { id: string };
    query: Record<never, never>;
    body: undefined;
    ok: Done;
  };
  'GET /api/v1/views': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    ok: Views;
  };
  'POST /api/v1/views/rebuild': {
    path: Record<never, never>;
    query: Record<never, never>;
    body: RebuildViews;
    ok: ViewRebuild;
  };
}

/** Reads that can wait for a position. */
export const WAITING_READS: ReadonlySet<string> = new Set([
  'GET /api/v1/actors',
  'GET /api/v1/apps',
  'GET /api/v1/apps/{id}',
  'GET /api/v1/audit',
  'GET /api/v1/audit/{position}',
  'GET /api/v1/connections',
  'GET /api/v1/connections/{id}',
  'GET /api/v1/connections/{id}/consequences',
  'GET /api/v1/connections/{id}/resources',
  'GET /api/v1/connections/{id}/timeline',
  'GET /api/v1/connections/{id}/webhooks',
  'GET /api/v1/connections/{id}/webhooks/deliveries',
  'GET /api/v1/failures',
  'GET /api/v1/failures/{id}',
  'GET /api/v1/failures/{id}/items',
  'GET /api/v1/mappings',
  'GET /api/v1/mappings/{id}',
  'GET /api/v1/mappings/{id}/feeds',
  'GET /api/v1/overview',
  'GET /api/v1/portal',
  'GET /api/v1/portal/{kind}',
  'GET /api/v1/portal/{kind}/{id}',
  'GET /api/v1/portal/{kind}/{id}/history',
  'GET /api/v1/portal/{kind}/{id}/lineage',
  'GET /api/v1/quarantine',
  'GET /api/v1/ready-made-mappings',
  'GET /api/v1/receipts/{id}',
  'GET /api/v1/records',
  'GET /api/v1/records/{connection}/{resource}/{id}',
  'GET /api/v1/records/{connection}/{resource}/{id}/history',
  'GET /api/v1/records/{connection}/{resource}/{id}/lineage',
  'GET /api/v1/runs',
  'GET /api/v1/runs/{id}',
  'GET /api/v1/runs/{id}/changes',
  'GET /api/v1/runs/{id}/items',
  'GET /api/v1/runs/{id}/items/{item}',
  'GET /api/v1/runs/{id}/log',
  'GET /api/v1/scenarios',
  'GET /api/v1/scenarios/{id}',
  'GET /api/v1/scenarios/{id}/versions/{version}',
  'GET /api/v1/templates',
  'GET /api/v1/tokens',
]);

/** The role that each command needs. */
export const NEEDS = {
  'POST /api/v1/connections': 'administrator',
  'POST /api/v1/connections/discover': 'operator',
  'DELETE /api/v1/connections/{id}': 'administrator',
  'POST /api/v1/connections/{id}/authorise': 'administrator',
  'POST /api/v1/connections/{id}/confirm-identity': 'administrator',
  'POST /api/v1/connections/{id}/credentials': 'administrator',
  'POST /api/v1/connections/{id}/pause': 'operator',
  'POST /api/v1/connections/{id}/rename': 'administrator',
  'POST /api/v1/connections/{id}/resources/count': 'operator',
  'POST /api/v1/connections/{id}/resume': 'operator',
  'POST /api/v1/connections/{id}/test': 'operator',
  'POST /api/v1/connections/{id}/watches/gone': 'administrator',
  'POST /api/v1/connections/{id}/watches/sweep': 'operator',
  'POST /api/v1/connections/{id}/webhooks': 'administrator',
  'DELETE /api/v1/connections/{id}/webhooks': 'administrator',
  'POST /api/v1/connections/{id}/webhooks/expect-handshake': 'administrator',
  'POST /api/v1/connections/{id}/webhooks/revoke': 'administrator',
  'POST /api/v1/connections/{id}/webhooks/rotate': 'administrator',
  'POST /api/v1/connections/{id}/webhooks/test': 'operator',
  'POST /api/v1/erasures': 'administrator',
  'POST /api/v1/erasures/preview': 'administrator',
  'POST /api/v1/erasures/{id}/lift': 'administrator',
  'POST /api/v1/failures/{id}/state': 'operator',
  'POST /api/v1/mappings': 'administrator',
  'POST /api/v1/mappings/check': 'operator',
  'POST /api/v1/mappings/preview': 'operator',
  'DELETE /api/v1/mappings/{id}': 'administrator',
  'POST /api/v1/mappings/{id}/revisions': 'administrator',
  'POST /api/v1/quarantine/{id}/release': 'operator',
  'POST /api/v1/retries': 'operator',
  'POST /api/v1/runs/{id}/approve': 'operator',
  'POST /api/v1/runs/{id}/cancel': 'operator',
  'POST /api/v1/runs/{id}/decide': 'operator',
  'POST /api/v1/runs/{id}/feedback': 'operator',
  'POST /api/v1/runs/{id}/pause': 'operator',
  'POST /api/v1/runs/{id}/preview': 'operator',
  'POST /api/v1/runs/{id}/resume': 'operator',
  'POST /api/v1/runs/{id}/retry': 'operator',
  'POST /api/v1/runs/{id}/undo': 'operator',
  'POST /api/v1/scenarios': 'administrator',
  'POST /api/v1/scenarios/import': 'administrator',
  'DELETE /api/v1/scenarios/{id}': 'administrator',
  'PUT /api/v1/scenarios/{id}/draft': 'administrator',
  'POST /api/v1/scenarios/{id}/duplicate': 'administrator',
  'POST /api/v1/scenarios/{id}/publish': 'administrator',
  'POST /api/v1/scenarios/{id}/reimports': 'operator',
  'POST /api/v1/scenarios/{id}/rename': 'administrator',
  'POST /api/v1/scenarios/{id}/runs': 'operator',
  'POST /api/v1/scenarios/{id}/turn-off': 'operator',
  'POST /api/v1/scenarios/{id}/turn-on': 'operator',
  'POST /api/v1/scenarios/{id}/validate': 'viewer',
  'DELETE /api/v1/session': 'viewer',
  'POST /api/v1/subject-exports': 'administrator',
  'POST /api/v1/tokens': 'administrator',
  'DELETE /api/v1/tokens/{id}': 'administrator',
  'POST /api/v1/views/rebuild': 'administrator',
} as const;
