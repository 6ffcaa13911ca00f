//! The natives behind `lib-lua/tokensmith.lua`: declarations only. Asking for a token changes nothing of the cluster: a
//! session that may only read needs one as well.
use super::{client::Client, types::ProviderChange};
use crate::{http::Http, lua::Natives};

pub(super) fn natives(n: &mut Natives, http: &Http) {
    let smith = Client::new(http);
    n.read(
        "health",
        with(&smith, |smith, (): ()| async move { smith.health().await }),
    );
    n.read(
        "keys",
        with(&smith, |smith, (): ()| async move { smith.keys().await }),
    );
    n.read(
        "exchange",
        with(&smith, |smith, (token,): (String,)| async move {
            smith.exchange(&token).await
        }),
    );
    n.read(
        "refresh",
        with(&smith, |smith, (token,): (String,)| async move {
            smith.refresh(&token).await
        }),
    );
    let session = http.clone();
    n.read(
        "login",
        with(&smith, move |smith, (token,): (String,)| {
            let session = session.clone();
            async move { smith.login(&session, &token).await }
        }),
    );
    let session = http.clone();
    n.read(
        "renew",
        with(&smith, move |smith, (): ()| {
            let session = session.clone();
            async move { smith.renew(&session).await }
        }),
    );
    n.read(
        "provider",
        with(
            &smith,
            |smith, (): ()| async move { smith.provider().await },
        ),
    );
    n.house("tokensmith");
    n.one_way(
        "set_provider",
        "tokensmith tells nobody the secret it had for the provider before",
        with(&smith, |smith, (change,): (ProviderChange,)| async move {
            smith.set_provider(&change).await
        }),
    );
}

/// A native's body with a client of its own.
fn with<A, F>(
    smith: &Client,
    call: impl Fn(Client, A) -> F + 'static,
) -> impl Fn(A) -> F + 'static {
    let smith = smith.clone();
    move |args| call(smith.clone(), args)
}
