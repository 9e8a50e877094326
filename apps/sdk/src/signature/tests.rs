use super::*;

const OURS: &str = "whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==";
const BODY: &str =
    r#"{"type":"wp.post.updated","timestamp":"2026-01-02T03:04:05Z","data":{"id":42,"title":"Zoë"}}"#;
const ID: &str = "msg_portal_0001";
const AT: i64 = 1_767_323_045;
const SIGNED: &str = "v1,Apq2d5LspEb7UcK4wBA8Z9/zdcouzZNQHtdCo8wHoBM=";

fn key(text: &str) -> SigningKey {
    SigningKey::parse(&Secret::new(text.to_owned())).ok().unwrap()
}

fn check(id: &str, timestamp: &str, signature: &str, body: &[u8], now: i64) -> Result<(), SignatureError> {
    let headers = SignedHeaders {
        id: &[id.as_bytes()],
        timestamp: &[timestamp.as_bytes()],
        signature: &[signature.as_bytes()],
    };
    verify(&[key(OURS)], &headers, body, now)
}

#[test]
fn the_public_vector_and_ours_are_reproduced() {
    let public = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let signed = public.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(key(OURS).sign(ID, AT, BODY.as_bytes()), SIGNED);
    assert_eq!(check(ID, &AT.to_string(), SIGNED, BODY.as_bytes(), AT + 299), Ok(()));
}

#[test]
fn bad_input_022_odd_signatures_never_fit() {
    let at = AT.to_string();
    for signature in
        ["v1,", "v1,=", "v1", ",,,", "v1a,Apq2d5LspEb7UcK4wBA8Z9/zdcouzZNQHtdCo8wHoBM=", "v1,AAAA"]
    {
        assert_eq!(
            check(ID, &at, signature, BODY.as_bytes(), AT),
            Err(SignatureError::Mismatch),
            "{signature}"
        );
    }
    for signature in ["", &format!("{SIGNED} ").repeat(17), &"x".repeat(5000)] {
        assert_eq!(check(ID, &at, signature, BODY.as_bytes(), AT), Err(SignatureError::Headers));
    }
    let url_alphabet = SIGNED.replace('/', "_");
    assert_eq!(check(ID, &at, &url_alphabet, BODY.as_bytes(), AT), Err(SignatureError::Mismatch));
    let among_others = format!("v2,abc v1,AAAA {SIGNED}");
    assert_eq!(check(ID, &at, &among_others, BODY.as_bytes(), AT), Ok(()));
}

#[test]
fn bad_input_023_doubled_headers_are_refused() {
    let at = AT.to_string();
    let two = [SIGNED.as_bytes(), SIGNED.as_bytes()];
    let headers = SignedHeaders { id: &[ID.as_bytes()], timestamp: &[at.as_bytes()], signature: &two };
    assert_eq!(verify(&[key(OURS)], &headers, BODY.as_bytes(), AT), Err(SignatureError::Headers));
    let none = SignedHeaders { signature: &[], ..headers };
    assert_eq!(verify(&[key(OURS)], &none, BODY.as_bytes(), AT), Err(SignatureError::Headers));
}

#[test]
fn changed_content_and_swapped_fields_do_not_fit() {
    let at = AT.to_string();
    let changed = BODY.replace("42", "43");
    assert_eq!(check(ID, &at, SIGNED, changed.as_bytes(), AT), Err(SignatureError::Mismatch));
    assert_eq!(check(&at, ID, SIGNED, BODY.as_bytes(), AT), Err(SignatureError::Timestamp));
    assert_eq!(check("msg_other", &at, SIGNED, BODY.as_bytes(), AT), Err(SignatureError::Mismatch));
}

#[test]
fn bad_input_030_old_and_future_timestamps_are_stale_not_forged() {
    let at = AT.to_string();
    for now in [AT + 301, AT - 301] {
        assert_eq!(check(ID, &at, SIGNED, BODY.as_bytes(), now), Err(SignatureError::Stale));
    }
    for odd in ["+1767323045", "1767323045.0", "-1", "1e9", "9999999999999"] {
        assert_eq!(check(ID, odd, SIGNED, BODY.as_bytes(), AT), Err(SignatureError::Timestamp), "{odd}");
    }
}

#[test]
fn only_secrets_of_the_right_size_are_keys() {
    for bad in ["", "whsec_", "whsec_AAAA", "whsec_%%%", &format!("whsec_{}", STANDARD.encode([1; 65]))] {
        assert!(SigningKey::parse(&Secret::new(bad.to_owned())).is_err(), "{bad}");
    }
}
