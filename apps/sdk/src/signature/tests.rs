use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::endpoint::{Algorithm, Encoding};
use engine::ports::Secret;

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

const PUBLIC: &str = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const SIGNED_PUBLIC: &str =
    "v1a,v6fhtD8hQKNVjGnrAdeAihQ84HLz5aMUjOK862kIj2G8HalJ0NDzs0wgS+lc7LKZ1WBtvF798URSrzga3Vb6AQ==";

fn verifying(text: &str) -> VerifyingKey {
    VerifyingKey::parse(&Secret::new(text.to_owned())).ok().unwrap()
}

fn check(id: &str, timestamp: &str, signature: &str, body: &[u8], now: i64) -> Result<usize, SignatureError> {
    check_with(&[verifying(OURS)], id, timestamp, signature, body, now)
}

fn check_with(
    keys: &[VerifyingKey],
    id: &str,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: i64,
) -> Result<usize, SignatureError> {
    let headers = SignedHeaders {
        id: &[id.as_bytes()],
        timestamp: &[timestamp.as_bytes()],
        signature: &[signature.as_bytes()],
    };
    verify(keys, &headers, body, now)
}

#[test]
fn the_public_vector_and_ours_are_reproduced() {
    let public = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let signed = public.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(key(OURS).sign(ID, AT, BODY.as_bytes()), SIGNED);
    assert_eq!(check(ID, &AT.to_string(), SIGNED, BODY.as_bytes(), AT + 299), Ok(0));
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
    for signature in [format!("{SIGNED} ").repeat(17), "x".repeat(5000)] {
        assert_eq!(check(ID, &at, &signature, BODY.as_bytes(), AT), Err(SignatureError::Headers));
    }
    assert_eq!(check(ID, &at, "", BODY.as_bytes(), AT), Err(SignatureError::Missing));
    assert_eq!(check(ID, &at, "   ", BODY.as_bytes(), AT), Err(SignatureError::Mismatch));
    let url_alphabet = SIGNED.replace('/', "_");
    assert_eq!(check(ID, &at, &url_alphabet, BODY.as_bytes(), AT), Err(SignatureError::Mismatch));
    let among_others = format!("v2,abc v1,AAAA {SIGNED}");
    assert_eq!(check(ID, &at, &among_others, BODY.as_bytes(), AT), Ok(0));
}

#[test]
fn bad_input_023_doubled_headers_are_refused() {
    let at = AT.to_string();
    let two = [SIGNED.as_bytes(), SIGNED.as_bytes()];
    let headers = SignedHeaders { id: &[ID.as_bytes()], timestamp: &[at.as_bytes()], signature: &two };
    assert_eq!(verify(&[verifying(OURS)], &headers, BODY.as_bytes(), AT), Err(SignatureError::Headers));
    let none = SignedHeaders { signature: &[], ..headers };
    assert_eq!(verify(&[verifying(OURS)], &none, BODY.as_bytes(), AT), Err(SignatureError::Missing));
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
        assert_eq!(check(ID, &at, SIGNED, BODY.as_bytes(), now), Err(SignatureError::Stale(0)));
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

#[test]
fn ed25519_signatures_fit_their_public_key_only() {
    let at = AT.to_string();
    let keys = [verifying(OURS), verifying(PUBLIC)];
    let check = |signature: &str| check_with(&keys, ID, &at, signature, BODY.as_bytes(), AT);
    assert_eq!(check(SIGNED_PUBLIC), Ok(1));
    assert_eq!(check(&format!("{SIGNED_PUBLIC} {SIGNED}")), Ok(0));
    let only_public = [verifying(PUBLIC)];
    let under = |signature: &str| check_with(&only_public, ID, &at, signature, BODY.as_bytes(), AT);
    assert_eq!(under(SIGNED), Err(SignatureError::Mismatch), "a public key is no shared secret");
    let crossed = SIGNED_PUBLIC.replace("v1a,", "v1,");
    assert_eq!(under(&crossed), Err(SignatureError::Mismatch));
    assert_eq!(under(&SIGNED_PUBLIC.replace("v6f", "v7f")), Err(SignatureError::Mismatch));
    for bad in ["whpk_", "whpk_AAAA", "whsk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=!"] {
        assert!(VerifyingKey::parse(&Secret::new(bad.to_owned())).is_err(), "{bad}");
    }
}

#[test]
fn bad_input_041_each_live_secret_fits_and_says_which() {
    let at = AT.to_string();
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let keys = [verifying(other), verifying(OURS)];
    let signed_with_both = format!("{} {SIGNED}", key(other).sign(ID, AT, BODY.as_bytes()));
    assert_eq!(check_with(&keys, ID, &at, SIGNED, BODY.as_bytes(), AT), Ok(1));
    assert_eq!(check_with(&keys, ID, &at, &signed_with_both, BODY.as_bytes(), AT), Ok(0));
    assert_eq!(check_with(&keys[..1], ID, &at, SIGNED, BODY.as_bytes(), AT), Err(SignatureError::Mismatch));
    assert_eq!(check_with(&[], ID, &at, SIGNED, BODY.as_bytes(), AT), Err(SignatureError::Mismatch));
}

#[test]
fn bad_input_024_025_altered_and_re_encoded_signatures_never_fit() {
    let at = AT.to_string();
    let mac = STANDARD.decode(&SIGNED[3..]).unwrap();
    let mut forms: Vec<String> = (0..mac.len())
        .map(|at| {
            let mut flipped = mac.clone();
            flipped[at] ^= 1;
            STANDARD.encode(flipped)
        })
        .collect();
    forms.extend((0..mac.len()).map(|length| STANDARD.encode(&mac[..length])));
    forms.push(STANDARD.encode([mac.as_slice(), &[0]].concat()));
    forms.push(STANDARD.encode([0; 32]));
    let hex = mac.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    forms.extend([hex.clone(), hex.to_uppercase()]);
    let text = &SIGNED[3..];
    forms.extend([
        text.replace('/', "_").replace('+', "-"),
        text.trim_end_matches('=').to_owned(),
        text.replace("wHoBM=", "wHoBN="),
        format!("{}\t{}", &text[..8], &text[8..]),
        format!(" {}", &text[1..]),
        format!("{text}="),
    ]);
    for form in forms {
        let signature = format!("v1,{form}");
        assert!(check(ID, &at, &signature, BODY.as_bytes(), AT).is_err(), "{form}");
    }
}

#[test]
fn bad_input_027_versions_that_we_do_not_know_prove_nothing() {
    let at = AT.to_string();
    let mac = &SIGNED[3..];
    for version in ["v0", "v9", "v1a", "V1", "sha1=", "v11"] {
        let signature = format!("{version},{mac}");
        assert_eq!(
            check(ID, &at, &signature, BODY.as_bytes(), AT),
            Err(SignatureError::Mismatch),
            "{version}"
        );
    }
}

#[test]
fn bad_input_029_the_same_json_written_otherwise_does_not_fit() {
    let at = AT.to_string();
    let value: serde_json::Value = serde_json::from_str(BODY).unwrap();
    for body in
        [serde_json::to_string_pretty(&value).unwrap(), BODY.replace(':', ": "), BODY.replace('ë', "\\u00eb")]
    {
        assert_eq!(check(ID, &at, SIGNED, body.as_bytes(), AT), Err(SignatureError::Mismatch));
    }
}

#[test]
fn bad_input_030_timestamps_at_the_edge_of_the_window() {
    let at = AT.to_string();
    for (now, good) in [(AT - 301, false), (AT - 300, true), (AT, true), (AT + 300, true), (AT + 301, false)]
    {
        assert_eq!(check(ID, &at, SIGNED, BODY.as_bytes(), now).is_ok(), good, "{}", now - AT);
    }
    let odd =
        ["-1", "", "9223372036854775808", "1767323045000", " 1767323045", "1767323045 ", "\u{661}\u{667}"];
    for timestamp in odd {
        assert!(check(ID, timestamp, SIGNED, BODY.as_bytes(), AT).is_err(), "{timestamp}");
    }
    for timestamp in ["0", "01767323045", "1767323045000"] {
        let signed = format!("v1,{}", STANDARD.encode([7; 32]));
        assert!(check(ID, timestamp, &signed, BODY.as_bytes(), AT).is_err(), "{timestamp}");
    }
    // Milliseconds, rightly signed: a time in the far future.
    let millis = AT * 1000;
    let signed = key(OURS).sign(ID, millis, BODY.as_bytes());
    assert!(check(ID, &millis.to_string(), &signed, BODY.as_bytes(), AT).is_err());
}

#[test]
fn bad_input_031_032_ids_that_could_be_read_in_two_ways_are_refused() {
    let at = AT.to_string();
    for id in ["a.1", ".", "a\nb", "a b", "ä", &"x".repeat(10_000)] {
        let signed = key(OURS).sign(id, AT, BODY.as_bytes());
        assert_eq!(check(id, &at, &signed, BODY.as_bytes(), AT), Err(SignatureError::Headers), "{id:.20}");
    }
    assert_eq!(check("", &at, SIGNED, BODY.as_bytes(), AT), Err(SignatureError::Missing));
    assert_eq!(check(ID, "", SIGNED, BODY.as_bytes(), AT), Err(SignatureError::Missing));
    let shifted = key(OURS).sign("a.1", 2, b"x");
    assert_eq!(check("a", "1.2", &shifted, b"x", 2), Err(SignatureError::Timestamp));
}

const SHOP: &str = "s3cr3t & <portal>";
const ORDER: &[u8] = br#"{"id":1001,"status":"processing","total":"19.90"}"#;
const AS_SENT: (Algorithm, Encoding, &str) = (Algorithm::Sha256, Encoding::Base64, "");

fn shop(secret: &str) -> BodyKey {
    BodyKey::new(&Secret::new(decode_entities(secret).into_owned()))
}

#[test]
fn bad_input_040_a_shops_secret_counts_as_wordpress_decodes_it() {
    let signed = "4iNM/rZg3HNI0ov34p6roN1N4xOBVVohAm5KOOHT4NQ=";
    let with_entities = "s3cr3t &amp; &lt;portal&gt;";
    assert_eq!(shop(SHOP).sign(AS_SENT, ORDER), signed);
    for secret in [SHOP, with_entities, "s3cr3t &#038; &#60;portal&#062;", "s3cr3t &#x26; &lt;portal&gt;"] {
        assert_eq!(shop(secret).verify(&[signed.as_bytes()], AS_SENT, ORDER), Ok(()), "{secret}");
    }
    let undecoded = BodyKey::new(&Secret::new(with_entities.to_owned()));
    assert_eq!(undecoded.sign(AS_SENT, ORDER), "cJ4R3/eJjXSEuMPl02v/AOLU/E1TF3FCGaci92Wsguw=");
    let wrong = shop(SHOP).verify(&[b"cJ4R3/eJjXSEuMPl02v/AOLU/E1TF3FCGaci92Wsguw="], AS_SENT, ORDER);
    assert_eq!(wrong, Err(SignatureError::Mismatch));
    for (text, decoded) in [
        ("a&amp;lt;b", "a&lt;b"),
        ("&#039;&#39;&#x27;&quot;&#0034;", "''\'\"\""),
        ("&&amp;&", "&&&"),
        ("&nbsp;&#60x;&;&#;&", "&nbsp;&#60x;&;&#;&"),
        ("ä&amp;ß", "ä&ß"),
    ] {
        assert_eq!(decode_entities(text), decoded);
    }
}

#[test]
fn a_body_can_be_signed_with_the_declared_algorithm_only() {
    let key = shop(SHOP);
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512, Algorithm::Sha1] {
        for (encoding, prefix) in [(Encoding::Base64, ""), (Encoding::Hex, "sha256=")] {
            let form = (algorithm, encoding, prefix);
            let signed = key.sign(form, ORDER);
            assert_eq!(key.verify(&[signed.as_bytes()], form, ORDER), Ok(()));
            assert_eq!(key.verify(&[signed.as_bytes()], form, b"other"), Err(SignatureError::Mismatch));
            let other = if algorithm == Algorithm::Sha1 { Algorithm::Sha256 } else { Algorithm::Sha1 };
            let as_other = key.verify(&[signed.as_bytes()], (other, encoding, prefix), ORDER);
            assert_eq!(as_other, Err(SignatureError::Mismatch));
        }
    }
    let upper = key.sign((Algorithm::Sha256, Encoding::Hex, ""), ORDER).to_uppercase();
    let hex = (Algorithm::Sha256, Encoding::Hex, "");
    for odd in [upper.as_bytes(), b"abc", b"zz", b"sha256="] {
        assert_eq!(key.verify(&[odd], hex, ORDER), Err(SignatureError::Mismatch));
    }
    let signed = key.sign(AS_SENT, ORDER);
    let signed = signed.as_bytes();
    assert_eq!(key.verify(&[signed, signed], AS_SENT, ORDER), Err(SignatureError::Headers));
    assert_eq!(key.verify(&[], AS_SENT, ORDER), Err(SignatureError::Missing));
    assert_eq!(key.verify(&[b""], AS_SENT, ORDER), Err(SignatureError::Missing));
    let long = vec![b'A'; 5_000];
    assert_eq!(key.verify(&[&long], AS_SENT, ORDER), Err(SignatureError::Headers));
}

#[test]
fn a_capability_is_the_whole_secret_and_nothing_like_it() {
    let secret = Secret::new("abcdefghijklmnopqrstuvwxyz".to_owned());
    assert!(capability_fits(&secret, "abcdefghijklmnopqrstuvwxyz"));
    for other in
        ["", "abcdefghijklmnopqrstuvwxy", "Abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz "]
    {
        assert!(!capability_fits(&secret, other), "{other}");
    }
}
