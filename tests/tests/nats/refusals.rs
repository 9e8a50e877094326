//! What we do not work with is refused at the start, with one sentence that says what to do.

use std::time::Duration;

use acceptance::nats_server::{JETSTREAM, NatsServer};
use adapter_nats::{Credentials, Nats, NatsSettings};
use async_nats::jetstream::stream::{Config, StorageType};
use engine::follow::chain;
use engine::ports::Secret;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

pub async fn refused(settings: NatsSettings) -> String {
    let error = Nats::connect(settings).await.err().expect("this must be refused");
    let text = error.to_string();
    assert!(!text.contains('\n'), "one sentence: {text}");
    println!("{}", chain(&error));
    text
}

fn with_url(url: String) -> NatsSettings {
    NatsSettings { patience: Duration::from_secs(3), ..NatsSettings::new(Secret::new(url)) }
}

#[tokio::test]
async fn bad_input_162_no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let text = refused(with_url(format!("nats://me:secret@{address}"))).await;
    assert!(text.contains("cannot be reached") && text.contains(&address.to_string()), "{text}");
    assert!(!text.contains("secret"), "{text}");
    let text = refused(with_url("nats://[".to_owned())).await;
    assert!(text.contains("nats://host:4222"), "{text}");
}

#[tokio::test]
async fn bad_input_162_an_older_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let old = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let info = r#"INFO {"server_id":"N","server_name":"n","version":"2.9.10","proto":1,"go":"go1.19","host":"127.0.0.1","port":4222,"headers":true,"max_payload":1048576,"jetstream":true}"#;
        stream.write_all(format!("{info}\r\n").as_bytes()).await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
            if line.starts_with("PING") {
                let _ = stream.write_all(b"PONG\r\n").await;
            }
            line.clear();
        }
    });
    let text = refused(with_url(format!("nats://{address}"))).await;
    assert!(text.contains("2.9.10") && text.contains("2.12.0 or newer"), "{text}");
    old.abort();
}

#[tokio::test]
async fn bad_input_162_no_jetstream() {
    let server = NatsServer::start_with("");
    let text = refused(server.settings()).await;
    assert!(text.contains("no JetStream") && text.contains("store_dir"), "{text}");
}

#[tokio::test]
async fn bad_input_162_wrong_credentials() {
    let users = "authorization { users: [{ user: relay, password: right }] }";
    let server = NatsServer::start_with(&format!("{JETSTREAM}\n{users}"));
    let with = |credentials| NatsSettings { credentials, ..server.settings() };
    let password =
        |text: &str| Credentials::UserAndPassword("relay".to_owned(), Secret::new(text.to_owned()));
    for wrong in
        [Credentials::Anonymous, password("wrong"), Credentials::Token(Secret::new("relay".to_owned()))]
    {
        let text = refused(with(wrong)).await;
        assert!(text.contains("refuses our credentials") && !text.contains("wrong"), "{text}");
    }
    let text = refused(with(Credentials::File("/nonexistent/relay.creds".into()))).await;
    assert!(text.contains("/nonexistent/relay.creds"), "{text}");
    Nats::connect(with(password("right"))).await.unwrap();
}

type Alter = fn(Config) -> Config;

#[tokio::test]
async fn bad_input_162_a_stream_that_is_not_as_asked() {
    let server = NatsServer::start();
    let client = async_nats::connect(server.url()).await.unwrap();
    let context = async_nats::jetstream::new(client);
    Nats::connect(server.settings()).await.unwrap();
    Nats::connect(server.settings()).await.unwrap();
    let mut stream = context.get_stream("PORTAL_EVENTS").await.unwrap();
    let made = stream.info().await.unwrap().config.clone();
    let cases: [(&str, Alter); 5] = [
        ("max_age", |made| Config { max_age: Duration::from_hours(1), ..made }),
        ("allow_atomic", |made| Config { allow_atomic_publish: false, ..made }),
        ("duplicate_window", |made| Config { duplicate_window: Duration::from_secs(9), ..made }),
        ("subjects", |made| Config { subjects: vec!["portal.events.1.>".to_owned()], ..made }),
        ("storage", |made| Config { storage: StorageType::Memory, ..made }),
    ];
    for (field, alter) in cases {
        context.delete_stream("PORTAL_EVENTS").await.unwrap();
        context.create_stream(alter(made.clone())).await.unwrap();
        let text = refused(server.settings()).await;
        assert!(text.contains(&format!("has {field} = ")), "{field}: {text}");
        assert!(text.contains("`nats stream rm PORTAL_EVENTS`"), "{text}");
    }
    // As the sentence says.
    context.delete_stream("PORTAL_EVENTS").await.unwrap();
    Nats::connect(server.settings()).await.unwrap();
}

#[tokio::test]
async fn bad_input_162_no_room_for_the_stream() {
    let server = NatsServer::start_with("jetstream { store_dir: \"STORE\", max_file_store: 1MB }");
    let text = refused(server.settings()).await;
    assert!(text.contains("at most 268435456 bytes") && text.contains("more space"), "{text}");
    let text = refused(NatsSettings { replicas: 3, bytes_max: 1 << 10, ..server.settings() }).await;
    assert!(text.contains("PORTAL_EVENTS"), "{text}");
}
