use super::*;
use crate::decider::fold;

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_315_200 + hour * 3600, 0).unwrap()
}

fn secret(name: &str) -> NewSecret {
    NewSecret { fingerprint: name.into(), slot: format!("slot-{name}") }
}

fn opened() -> EndpointEvent {
    let secret = SecretLine { number: 1, fingerprint: "a".into(), slot: "slot-a".into(), until: None };
    EndpointEvent::Opened(EndpointOpened { mode: Mode::StandardWebhooks {}, secret })
}

fn rotate_at(hour: i64, hours: i64) -> EndpointCommand {
    EndpointCommand::Rotate { secret: secret("b"), now: at(hour), overlap: TimeDelta::hours(hours) }
}

/// Given a history, when a command comes, what then.
fn when(given: &[EndpointEvent], command: EndpointCommand) -> Result<Vec<EndpointEvent>, String> {
    Endpoints::decide(&fold::<Endpoints>(given), command).map_err(|rejection| rejection.code.into_owned())
}

fn live(given: &[EndpointEvent], hour: i64) -> Vec<u64> {
    fold::<Endpoints>(given).live(at(hour)).map(|secret| secret.number).collect()
}

#[test]
fn an_endpoint_is_opened_once_and_can_be_opened_again_after_it_was_closed() {
    let open = || EndpointCommand::Open { mode: Mode::StandardWebhooks {}, secret: secret("a") };
    assert_eq!(when(&[], open()), Ok(vec![opened()]));
    assert_eq!(when(&[opened()], open()), Err("ALREADY_OPEN".into()));
    let closed = EndpointEvent::Closed(EndpointClosed { reason: "x".into() });
    let again = when(&[opened(), closed], open()).unwrap();
    let EndpointEvent::Opened(again) = &again[0] else { panic!("{again:?}") };
    assert_eq!(again.secret.number, 2, "a secret's number is never used again");
}

#[test]
fn bad_input_041_two_secrets_for_a_time_and_never_three() {
    let mut given = vec![opened()];
    given.extend(when(&given, rotate_at(0, 24)).unwrap());
    assert_eq!(live(&given, 23), [1, 2]);
    assert_eq!(live(&given, 24), [2], "the overlap ends by itself");
    assert_eq!(when(&given, rotate_at(23, 24)), Err("ROTATION_UNDER_WAY".into()));
    let mut revoked = given.clone();
    revoked.extend(when(&given, EndpointCommand::Revoke { number: 1, reason: "leaked".into() }).unwrap());
    assert_eq!(live(&revoked, 1), [2], "revoked at once");
    given.extend(when(&given, rotate_at(24, 1)).unwrap());
    assert_eq!(live(&given, 24), [2, 3]);
}

#[test]
fn the_newest_secret_stays_and_revoking_twice_is_once() {
    let revoke = |number| EndpointCommand::Revoke { number, reason: "x".into() };
    assert_eq!(when(&[opened()], revoke(1)), Err("LAST_SECRET".into()));
    assert_eq!(when(&[opened()], revoke(2)), Err("NOT_FOUND".into()));
    let mut given = vec![opened()];
    given.extend(when(&given, rotate_at(0, 1)).unwrap());
    given.extend(when(&given, revoke(1)).unwrap());
    assert_eq!(when(&given, revoke(1)), Ok(vec![]));
}

#[test]
fn a_handshake_is_awaited_until_the_first_authentic_delivery() {
    let mut given = vec![opened()];
    assert_eq!(fold::<Endpoints>(&given).phase, EndpointPhase::Pending);
    given.extend(when(&given, EndpointCommand::Confirm).unwrap());
    assert_eq!(fold::<Endpoints>(&given).phase, EndpointPhase::Live);
    assert_eq!(when(&given, EndpointCommand::Confirm), Ok(vec![]));
    given.extend(when(&given, EndpointCommand::AwaitHandshake).unwrap());
    assert_eq!(fold::<Endpoints>(&given).phase, EndpointPhase::Pending);
}

#[test]
fn a_closed_endpoint_has_no_secrets_and_takes_no_commands() {
    let given = [opened(), EndpointEvent::Closed(EndpointClosed { reason: "x".into() })];
    assert!(live(&given, 0).is_empty());
    assert_eq!(when(&given, EndpointCommand::Confirm), Err("NOT_FOUND".into()));
    assert_eq!(when(&given, EndpointCommand::Close { reason: "y".into() }), Ok(vec![]));
    assert_eq!(when(&[], EndpointCommand::Close { reason: "y".into() }), Err("NOT_FOUND".into()));
}

#[test]
fn bad_input_042_overlaps_headers_and_prefixes_are_bounded() {
    assert_eq!(when(&[opened()], rotate_at(0, -1)), Err("INVALID_OVERLAP".into()));
    assert_eq!(when(&[opened()], rotate_at(0, OVERLAP_HOURS_MAX + 1)), Err("INVALID_OVERLAP".into()));
    let open = |header: &str, prefix: &str| EndpointCommand::Open {
        mode: Mode::HmacBody {
            header: header.into(),
            algorithm: Algorithm::Sha256,
            encoding: Encoding::Hex,
            prefix: prefix.into(),
        },
        secret: secret("a"),
    };
    assert!(when(&[], open("x-hub-signature-256", "sha256=")).is_ok());
    for header in ["", "X-Upper", "a b", "content-length", "x\r\ny", &"x".repeat(65)] {
        assert_eq!(when(&[], open(header, "")), Err("INVALID_HEADER".into()), "{header}");
    }
    assert_eq!(when(&[], open("x", "a b")), Err("INVALID_PREFIX".into()));
}

#[test]
fn there_is_no_mode_without_a_secret() {
    for word in ["none", "unsigned", "StandardWebhooks"] {
        assert!(serde_json::from_str::<Mode>(&format!(r#"{{"kind":"{word}"}}"#)).is_err());
    }
    let shop: Mode = serde_json::from_str(r#"{"kind":"woocommerce"}"#).unwrap();
    assert_eq!(shop.word(), "woocommerce");
}
