//! What is refused, and how it is said.

use std::time::Duration;

use bytes::Bytes;
use engine::ports::{AppendError, StoreError};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::server::{DEADLINE, connect, connect_to, model};
use super::suites::samples::{begin, stream, to};

async fn refusal(url: &str, deadline: Duration) -> String {
    match connect_to(url, deadline).await {
        Ok(_) => panic!("{url} was taken"),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains("hunter2") && !text.contains('\n') && text.contains(';'), "{text}");
            text
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_161_a_server_that_cannot_be_used_is_named_in_one_sentence() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = gone.local_addr().unwrap();
    drop(gone);
    let absent = refusal(&format!("kurrentdb://u:hunter2@{nobody}?tls=false"), DEADLINE).await;
    assert!(absent.contains("does not answer"), "{absent}");

    let model = model().await;
    let tls = refusal(&format!("kurrentdb://u:hunter2@{}?tls=true", model.address()), DEADLINE).await;
    assert!(tls.contains("does not answer") || tls.contains("TLS"), "{tls}");

    for version in [Some("21.10.9"), Some("5.0.8"), None] {
        model.set_version(version);
        let old = refusal(&model.url(), DEADLINE).await;
        assert!(old.contains("upgrade it") && old.contains("23.10"), "{old}");
    }
    model.set_version(Some("24.10.6-lts"));
    connect_to(&model.url(), DEADLINE).await.unwrap();

    model.set_authorization("Basic dTpwYXNz");
    let wrong = format!("kurrentdb://u:hunter2@{}?tls=false", model.address());
    assert!(refusal(&wrong, DEADLINE).await.contains("refuses the user"));
    assert!(refusal(&model.url(), DEADLINE).await.contains("refuses the user"));
    connect_to(&wrong.replace("hunter2", "pass"), DEADLINE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_161_a_server_of_another_kind_is_named_in_one_sentence() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _sent = connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let other = refusal(&format!("kurrentdb://{address}?tls=false"), DEADLINE).await;
    serving.abort();
    assert!(other.contains("does not answer") || other.contains("TLS"), "{other}");
}

#[tokio::test]
async fn bad_input_161_an_append_beyond_the_servers_limit_is_refused_with_the_limit() {
    let model = model().await;
    let store = connect(&model).await;
    let mut large = begin("thing-1", [1]);
    large.events[0].body = Some(Bytes::from(vec![0; (1 << 20) + 1]));
    let refused = store.append(vec![large.clone()]).await.unwrap_err().to_string();
    assert!(refused.contains("1048576") && refused.contains("MaxAppendSize"), "{refused}");
    assert_eq!(model.count("thing-"), 0);
    model.set_append_bytes_max(2 << 20);
    store.append(vec![large.clone()]).await.unwrap();
    large.events[0].body = Some(Bytes::from(vec![0; 17 << 20]));
    large.stream = stream("thing-2");
    assert!(matches!(store.append(vec![large]).await, Err(AppendError::Refused(_))));
}

#[tokio::test]
async fn bad_input_161_names_of_the_server_and_of_the_adapter_are_refused_and_never_read() {
    let model = model().await;
    let store = connect(&model).await;
    for name in ["$users-1", "$stats-127.0.0.1:2113", "$$thing-1", "~removed-bodies"] {
        assert!(matches!(store.append(vec![begin(name, [1])]).await, Err(AppendError::Refused(_))), "{name}");
        assert_eq!(store.read_stream(&stream(name), 0, 10).await.unwrap(), [], "{name}");
        assert_eq!(store.read_last(&[stream(name)]).await.unwrap(), [None], "{name}");
    }
    assert_eq!(*store.end().borrow(), 0);
}

#[tokio::test]
async fn bad_input_161_a_stream_deleted_or_cut_off_by_hand_is_reported() {
    let model = model().await;
    let store = connect(&model).await;
    store.append(vec![begin("thing-1", 1..=2)]).await.unwrap();
    store.append(vec![begin("thing-2", 3..=5)]).await.unwrap();
    model.tombstone("thing-1");
    assert!(matches!(store.read_stream(&stream("thing-1"), 0, 10).await, Err(StoreError::Corrupt(_))));
    let more = to("thing-1", engine::ports::Expected::Exact(1), begin("thing-1", [9]).events);
    let refused = store.append(vec![more]).await.unwrap_err();
    assert!(matches!(&refused, AppendError::Refused(why) if why.contains("deleted")), "{refused:?}");
    model.truncate("thing-2", 1);
    let Err(StoreError::Corrupt(cause)) = store.read_stream(&stream("thing-2"), 0, 10).await else {
        panic!("the gap was not seen");
    };
    assert!(cause.to_string().contains("$maxCount"), "{cause}");
}
