//! Of forged, altered, foreign and stale tokens none is accepted.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use domain::model::{AccessToken, Id, SessionId, Timestamp, UserId};
use domain::port::{AccessClaims, AccessTokenError, AccessTokens};
use infra_auth::{JwtAccessTokens, SigningKey};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use testkit::BASE_TIME;

const NOW: i64 = BASE_TIME.as_millis() / 1000;
const KEY: [u8; 32] = [42; 32];

fn key() -> SigningKey {
    SigningKey::from_bytes(KEY)
}

fn tokens() -> JwtAccessTokens {
    JwtAccessTokens::new(&key())
}

fn claims() -> AccessClaims {
    AccessClaims {
        user_id: UserId::new(Id::from_bytes([1; 12])),
        session_id: SessionId::new(Id::from_bytes([2; 12])),
        issued_at: BASE_TIME,
        expires_at: BASE_TIME.plus(Duration::from_secs(600)),
    }
}

fn good_header() -> Value {
    json!({"typ": "at+jwt", "alg": "HS256", "kid": key().fingerprint()})
}

fn good_payload() -> Value {
    json!({
        "iss": "chinwag", "aud": "chinwag", "sub": "010101010101010101010101", "sid": "020202020202020202020202",
        "iat": NOW, "exp": NOW + 600
    })
}

fn sign(header: &str, payload: &str, secret: &[u8], algorithm: Algorithm) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let key = EncodingKey::from_secret(secret);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// Signs with our very key, so that only the contents can be wrong.
fn ours(header: &Value, payload: &Value) -> String {
    sign(&header.to_string(), &payload.to_string(), &KEY, Algorithm::HS256)
}

fn with_header(field: &str, value: Value) -> String {
    let mut header = good_header();
    header[field] = value;
    ours(&header, &good_payload())
}

fn with_claim(field: &str, value: Value) -> String {
    let mut payload = good_payload();
    payload[field] = value;
    ours(&good_header(), &payload)
}

fn without(from: &Value, field: &str) -> Value {
    let mut rest = from.clone();
    rest.as_object_mut().unwrap().remove(field).unwrap();
    rest
}

fn verify(token: &str) -> Result<AccessClaims, AccessTokenError> {
    tokens().verify(&AccessToken::new(token), BASE_TIME)
}

fn wrong_headers() -> Vec<(&'static str, String)> {
    let (header, payload) = (good_header(), good_payload());
    let unsigned = |algorithm: &str| {
        let mut header = header.clone();
        header["alg"] = json!(algorithm);
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload.to_string()))
    };
    let signed_as = |algorithm: Algorithm, name: &str| {
        let mut header = header.clone();
        header["alg"] = json!(name);
        sign(&header.to_string(), &payload.to_string(), &KEY, algorithm)
    };
    vec![
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("alg NONE", unsigned("NONE")),
        ("alg empty", unsigned("")),
        ("no signature", unsigned("HS256")),
        ("alg none with our signature", with_header("alg", json!("none"))),
        ("HS384", signed_as(Algorithm::HS384, "HS384")),
        ("HS512", signed_as(Algorithm::HS512, "HS512")),
        ("HS256 that says HS384", with_header("alg", json!("HS384"))),
        ("HS512 that says HS256", signed_as(Algorithm::HS512, "HS256")),
        ("RS256", with_header("alg", json!("RS256"))),
        ("ES256", with_header("alg", json!("ES256"))),
        ("EdDSA", with_header("alg", json!("EdDSA"))),
        ("alg in lower case", with_header("alg", json!("hs256"))),
        ("alg a number", with_header("alg", json!(256))),
        ("no alg", ours(&without(&header, "alg"), &payload)),
        ("typ JWT", with_header("typ", json!("JWT"))),
        ("typ of a refresh token", with_header("typ", json!("rt+jwt"))),
        ("no typ", ours(&without(&header, "typ"), &payload)),
        ("another kid", with_header("kid", json!(SigningKey::from_bytes([1; 32]).fingerprint()))),
        ("an empty kid", with_header("kid", json!(""))),
        ("a kid that is a path", with_header("kid", json!("../../dev/null"))),
        ("no kid", ours(&without(&header, "kid"), &payload)),
        ("crit", with_header("crit", json!(["exp"]))),
        ("a key of its own", with_header("jwk", json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode([7; 32])}))),
        ("the address of a key", with_header("jku", json!("https://example.com/keys"))),
        ("a header of its own", with_header("admin", json!(true))),
    ]
}

fn wrong_claims() -> Vec<(&'static str, String)> {
    let (header, payload) = (good_header(), good_payload());
    let text = payload.to_string();
    let body = |text: &str| sign(&header.to_string(), text, &KEY, Algorithm::HS256);
    vec![
        ("no iss", ours(&header, &without(&payload, "iss"))),
        ("no aud", ours(&header, &without(&payload, "aud"))),
        ("no sub", ours(&header, &without(&payload, "sub"))),
        ("no sid", ours(&header, &without(&payload, "sid"))),
        ("no iat", ours(&header, &without(&payload, "iat"))),
        ("no exp", ours(&header, &without(&payload, "exp"))),
        ("another issuer", with_claim("iss", json!("example"))),
        ("a list of issuers", with_claim("iss", json!(["chinwag"]))),
        ("another audience", with_claim("aud", json!("example"))),
        ("a list of audiences", with_claim("aud", json!(["chinwag", "example"]))),
        ("sub a number", with_claim("sub", json!(1))),
        ("sub null", with_claim("sub", Value::Null)),
        ("sub not an id", with_claim("sub", json!("alice"))),
        ("sub in upper case", with_claim("sub", json!("ABABABABABABABABABABABAB"))),
        ("sid not an id", with_claim("sid", json!(""))),
        ("sid a list", with_claim("sid", json!(["020202020202020202020202"]))),
        ("exp a text", with_claim("exp", json!((NOW + 600).to_string()))),
        ("exp with a fraction", with_claim("exp", json!(600.5))),
        ("exp null", with_claim("exp", Value::Null)),
        ("exp beyond all time", with_claim("exp", json!(i64::MAX))),
        ("exp beyond all numbers", with_claim("exp", json!(u64::MAX))),
        ("iat a text", with_claim("iat", json!("now"))),
        ("a claim twice", body(&text.replacen('{', "{\"sub\":\"030303030303030303030303\",", 1))),
        ("an empty payload", body("")),
        ("a list as payload", body("[]")),
        ("null as payload", body("null")),
        ("a second payload", body(&format!("{text}{text}"))),
    ]
}

fn altered() -> Vec<(&'static str, String)> {
    let good = ours(&good_header(), &good_payload());
    let parts: Vec<&str> = good.split('.').collect();
    let (head, body, signature) = (parts[0], parts[1], parts[2]);
    let raw = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let other_payload = with_claim("sub", json!("ffffffffffffffffffffffff"));
    let other_body = other_payload.split('.').nth(1).unwrap();
    let mut flipped = raw.clone();
    flipped[31] ^= 1;
    // 32 bytes leave two spare bits in the last character; a lax reader ignores them.
    let mut spare = signature.to_owned();
    let last = spare.pop().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    spare.push(char::from(alphabet.as_bytes()[alphabet.find(last).unwrap() + 1]));
    let foreign = sign(&good_header().to_string(), &good_payload().to_string(), &[43; 32], Algorithm::HS256);
    let keyless = sign(&good_header().to_string(), &good_payload().to_string(), b"", Algorithm::HS256);
    let by_fingerprint = key().fingerprint();
    let by_fingerprint =
        sign(&good_header().to_string(), &good_payload().to_string(), by_fingerprint.as_bytes(), Algorithm::HS256);
    vec![
        ("nothing", String::new()),
        ("a word", "token".into()),
        ("dots", "..".into()),
        ("signed with another key", foreign),
        ("signed with no key", keyless),
        ("signed with the key's fingerprint", by_fingerprint),
        ("another payload under our signature", format!("{head}.{other_body}.{signature}")),
        ("one bit of the signature flipped", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(&flipped))),
        ("half a signature", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(&raw[..16]))),
        ("an empty signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{good}.{signature}")),
        ("five parts", format!("{head}..{body}..{signature}")),
        ("padding", format!("{head}.{body}.{}", URL_SAFE.encode(&raw))),
        ("the other alphabet", format!("{head}.{body}.{}", STANDARD.encode([255; 32]))),
        ("spare bits", format!("{head}.{body}.{spare}")),
        ("a space after", format!("{good} ")),
        ("a line end after", format!("{good}\n")),
        ("a space before", format!(" {good}")),
        ("a NUL after", format!("{good}\0")),
        ("the scheme before", format!("Bearer {good}")),
        ("in quotes", format!("\"{good}\"")),
        ("too long, though ours", with_claim("jti", json!("x".repeat(4096)))),
    ]
}

#[test]
fn a_token_of_ours_is_accepted_and_reads_back_in_whole_seconds() {
    let token = tokens().issue(&claims());
    let read = tokens().verify(&token, BASE_TIME).unwrap();
    let whole = |time: Timestamp| Timestamp::from_millis(time.as_millis() / 1000 * 1000);
    let expected =
        AccessClaims { issued_at: whole(claims().issued_at), expires_at: whole(claims().expires_at), ..claims() };
    assert_eq!(read, expected);
    assert!(token.reveal().len() < 400, "{}", token.reveal().len());
}

#[test]
fn the_rows_of_forged_tokens_start_from_one_that_would_be_accepted() {
    assert!(verify(&ours(&good_header(), &good_payload())).is_ok());
    assert!(verify(&with_claim("jti", json!("7"))).is_ok(), "further claims do no harm");
}

#[test]
fn no_forged_token_is_accepted() {
    let rows: Vec<_> = wrong_headers().into_iter().chain(wrong_claims()).chain(altered()).collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    let accepted: Vec<_> = rows
        .iter()
        .map(|(name, token)| (name, verify(token)))
        .filter(|(_, verdict)| *verdict != Err(AccessTokenError::Invalid))
        .collect();
    assert!(accepted.is_empty(), "{accepted:?}");
}

#[test]
fn no_single_changed_character_leaves_a_token_good() {
    let good = tokens().issue(&claims());
    for index in 0..good.reveal().len() {
        let mut bytes = good.reveal().as_bytes().to_vec();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(bytes).unwrap();
        assert_eq!(verify(&altered), Err(AccessTokenError::Invalid), "at {index}");
    }
}

#[test]
fn a_token_expires_with_its_second_and_not_before() {
    let (tokens, token) = (tokens(), tokens().issue(&claims()));
    let end = claims().expires_at.as_millis() / 1000 * 1000;
    let at = |millis| tokens.verify(&token, Timestamp::from_millis(millis)).map(|_| ());
    assert_eq!(at(end - 1), Ok(()));
    assert_eq!(at(end), Err(AccessTokenError::Expired));
    assert_eq!(at(end + 30 * 86_400_000), Err(AccessTokenError::Expired));
    assert_eq!(at(i64::MAX), Err(AccessTokenError::Expired));
}

#[test]
fn the_clock_of_another_node_may_lead_by_a_minute() {
    assert!(verify(&with_claim("iat", json!(NOW + 60))).is_ok());
    assert_eq!(verify(&with_claim("iat", json!(NOW + 61))), Err(AccessTokenError::Expired));
}

#[test]
fn only_a_token_that_is_good_but_late_is_called_expired() {
    let late = BASE_TIME.plus(Duration::from_secs(86_400));
    for (name, token) in wrong_headers().into_iter().chain(wrong_claims()).chain(altered()) {
        let verdict = tokens().verify(&AccessToken::new(token), late);
        assert_eq!(verdict, Err(AccessTokenError::Invalid), "{name}");
    }
}

#[test]
fn tokens_of_another_server_are_not_ours() {
    let elsewhere = JwtAccessTokens::new(&SigningKey::generate()).issue(&claims());
    assert_eq!(tokens().verify(&elsewhere, BASE_TIME), Err(AccessTokenError::Invalid));
}

#[test]
fn debug_does_not_tell_the_key() {
    let shown = format!("{:?} {:?}", tokens(), key());
    assert!(!shown.contains("42") && !shown.contains(&key().reveal()), "{shown}");
}
