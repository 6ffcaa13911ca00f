//! What goes where: paths, methods, forms, and who asks.
use super::smith;

/// Method, path, body; status and words of the answer.
const ASKED: &[(&str, &str, &str, u16, &str)] = &[
    (
        "POST",
        "/tokensmith/oauth/token/",
        "grant_type=x",
        400,
        "'x' is not supported",
    ),
    (
        "POST",
        "/token?grant_type=y",
        "",
        400,
        "'y' is not supported",
    ),
    (
        "POST",
        "/token?grant_type=y",
        "grant_type=x",
        400,
        "'x' is not supported",
    ),
    (
        "POST",
        "/oauth/token",
        "%zz",
        400,
        "Failed to parse request",
    ),
    (
        "POST",
        "/oauth/token",
        "a=1;b=2",
        400,
        "Failed to parse request",
    ),
    (
        "POST",
        "/oauth/token",
        "grant_type=+",
        400,
        "Missing grant_type",
    ),
    ("PUT", "/oauth/token", "", 405, ""),
    ("GET", "/oauth/token/more", "", 404, "404 page not found"),
    ("GET", "/tokensmith", "", 404, "404 page not found"),
    ("GET", "/tokensmith/token", "", 405, ""),
    ("GET", "/tokensmith/.well-known/jwks.json", "", 200, "plain"),
    (
        "POST",
        "/tokensmith/admin/oidc/config",
        "null",
        400,
        "issuer_url is required",
    ),
    (
        "POST",
        "/tokensmith/admin/oidc/config",
        "[",
        400,
        "invalid request body",
    ),
    ("DELETE", "/tokensmith/admin/oidc/config", "", 405, ""),
];

#[tokio::test]
async fn requests_are_read_as_gos_router_and_form_reader_do() {
    let smith = smith().await;
    for (method, path, body, status, words) in ASKED {
        let (have, text) = smith.ask(method, path, &[], body).await;
        assert_eq!(have, *status, "{method} {path} {body}: {text}");
        assert!(text.contains(words), "{method} {path} {body}: {text}");
    }
}

#[tokio::test]
async fn what_is_for_others_is_shut_to_strangers() {
    let smith = smith().await;
    let exchange = "/tokensmith/oauth/exchange";
    for (given, words) in [
        ("Basic dTpw", "Invalid authorization header format"),
        ("bearer x", "Token introspection failed"),
    ] {
        let (status, text) = smith
            .ask("POST", exchange, &[("authorization", given)], "")
            .await;
        assert_eq!((status, text.trim()), (401, words));
    }
    let far = [("x-forwarded-for", "10.1.1.1, 127.0.0.1")];
    let (status, _) = smith
        .ask("GET", "/tokensmith/admin/oidc/config", &far, "")
        .await;
    assert_eq!(status, 403, "local-only");
}
