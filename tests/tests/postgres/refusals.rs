//! Servers that are not there, not ours or not safe: one sentence each, and what to do.

use acceptance::postgres_server::{PASSWORD, ROLE};
use adapter_postgres::{OpenError, Postgres, PostgresSettings, Tls, TlsMode};

use crate::stage::{Stage, refusal, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_167_who_cannot_be_spoken_to_is_named_with_the_reason() {
    let stage = Stage::new();
    let server = &stage.server;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = refusal(settings(&format!("postgres://u:hunter2@127.0.0.1:{free}/d"))).await;
    assert!(matches!(nobody, OpenError::Unreachable { .. }), "{nobody:?}");
    assert!(nobody.to_string().contains(&format!("no PostgreSQL answers at 127.0.0.1:{free}")), "{nobody}");
    let wrong = refusal(settings(&server.url_of(ROLE, "hunter2", "postgres"))).await;
    assert!(matches!(wrong, OpenError::Credentials { .. }), "{wrong:?}");
    assert!(wrong.to_string().contains("password authentication failed"), "{wrong}");
    assert!(!wrong.to_string().contains("hunter2") && !nobody.to_string().contains("hunter2"));
    let no_password =
        refusal(settings(&format!("postgres://postgres@127.0.0.1:{}/postgres", server.port()))).await;
    assert!(matches!(no_password, OpenError::Credentials { .. }), "{no_password:?}");
    let no_role = refusal(settings(&server.url_of("nobody", "x", "postgres"))).await;
    assert!(matches!(no_role, OpenError::Credentials { .. }), "{no_role:?}");
    let absent = refusal(settings(&server.url_of(ROLE, PASSWORD, "absent"))).await;
    assert!(matches!(absent, OpenError::NoDatabase { .. }), "{absent:?}");
    assert!(absent.to_string().contains("\"absent\" does not exist"), "{absent}");
    for mode in [TlsMode::Require, TlsMode::Verify] {
        let tls = Tls { mode, ..Tls::default() };
        let plain = refusal(PostgresSettings { tls, ..stage.fresh() }).await;
        assert!(matches!(plain, OpenError::NoTls { .. }), "{plain:?}");
    }
    server.stop_immediately();
    let stopped = refusal(stage.fresh()).await;
    assert!(matches!(stopped, OpenError::Unreachable { .. }), "{stopped:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_a_role_without_rights_or_connections_is_told_what_it_needs() {
    let stage = Stage::new();
    let server = &stage.server;
    server.sql("CREATE ROLE weak LOGIN PASSWORD 'weak'");
    let weak = || PostgresSettings {
        schema: "weakly".into(),
        ..settings(&server.url_of("weak", "weak", "postgres"))
    };
    let refused = refusal(weak()).await.to_string();
    assert!(refused.contains("permission denied for database") && refused.contains("TO weak"), "{refused}");
    server.sql("CREATE SCHEMA weakly");
    let refused = refusal(weak()).await.to_string();
    assert!(refused.contains("ALTER SCHEMA weakly OWNER TO weak"), "{refused}");
    server.sql("ALTER ROLE weak CONNECTION LIMIT 4");
    let few = refusal(weak()).await;
    assert!(matches!(few, OpenError::TooFew { given: 4, asked: 8 }), "{few:?}");
    server.sql("ALTER ROLE weak CONNECTION LIMIT 0");
    let full = refusal(weak()).await;
    assert!(matches!(full, OpenError::Full { .. }), "{full:?}");
    // What the sentences say helps.
    server.sql("ALTER ROLE weak CONNECTION LIMIT 8; ALTER SCHEMA weakly OWNER TO weak");
    Postgres::connect(weak()).await.unwrap();
    let many = refusal(PostgresSettings { connections_max: 1_000, ..stage.fresh() }).await;
    assert!(matches!(many, OpenError::TooFew { .. }), "{many:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_a_server_that_may_lose_what_it_confirmed_is_refused() {
    let stage = Stage::new();
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        change(&stage, setting, "off").await;
        let refused = refusal(stage.fresh()).await;
        let sentence = refused.to_string();
        assert!(matches!(refused, OpenError::Unsafe { .. }), "{refused:?}");
        assert!(sentence.contains(&format!("runs with {setting} = off")), "{sentence}");
        assert!(sentence.contains(&format!("ALTER SYSTEM SET {setting} = on")), "{sentence}");
        change(&stage, setting, "on").await;
    }
    stage.server.sql("ALTER ROLE postgres SET synchronous_commit = off");
    assert!(matches!(refusal(stage.fresh()).await, OpenError::Unsafe { .. }), "of the role alone");
    stage.server.sql("ALTER ROLE postgres RESET synchronous_commit");
    stage.connect_fresh().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_a_server_that_only_reads_or_writes_otherwise_is_refused() {
    let stage = Stage::new();
    let server = &stage.server;
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    let refused = refusal(settings(&server.url_of(ROLE, PASSWORD, "latin"))).await;
    assert!(matches!(&refused, OpenError::Encoding { found } if found == "LATIN1"), "{refused:?}");
    let opened = stage.fresh();
    Postgres::connect(opened.clone()).await.unwrap();
    server.sql(&format!("UPDATE {}.schema_version SET version = 99", opened.schema));
    let newer = refusal(opened).await;
    assert!(matches!(newer, OpenError::Newer { found: 99, .. }), "{newer:?}");
    assert!(newer.to_string().contains("start that release"), "{newer}");
    server.sql("ALTER ROLE postgres SET default_transaction_read_only = on");
    assert!(matches!(refusal(stage.fresh()).await, OpenError::ReadOnly { .. }));
    server.sql("BEGIN READ WRITE; ALTER ROLE postgres RESET default_transaction_read_only; COMMIT");
    // A standby that was never told of a primary.
    server.stop_immediately();
    server.give("data/standby.signal", "");
    server.start_again();
    let standby = refusal(stage.fresh()).await;
    assert!(matches!(standby, OpenError::ReadOnly { .. }), "{standby:?}");
    assert!(standby.to_string().contains("give the primary's address"), "{standby}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_may_make_the_schema_at_once() {
    let stage = Stage::new();
    for _ in 0..3 {
        let settings = stage.fresh();
        let all = (0..6).map(|_| Postgres::connect(settings.clone()));
        for connected in futures::future::join_all(all).await {
            connected.unwrap();
        }
        let versions = stage
            .server
            .sql(&format!("SELECT count(*), max(version) FROM {}.schema_version", settings.schema));
        assert_eq!(versions, "1|1");
    }
}

/// Changes a setting of the server, and waits until new sessions have it.
async fn change(stage: &Stage, setting: &str, value: &str) {
    stage.server.sql(&format!("ALTER SYSTEM SET {setting} = {value}"));
    stage.server.sql("SELECT pg_reload_conf()");
    for _ in 0..1_000 {
        if stage.server.sql(&format!("SHOW {setting}")) == value {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{setting} is never {value}");
}
