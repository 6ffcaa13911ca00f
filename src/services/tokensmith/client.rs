//! tokensmith's client: typed calls, no printing; a token goes where it was meant to go and nowhere else.
use super::types::{
    BOOTSTRAP, EXCHANGE, Health, Provider, ProviderAnswer, ProviderChange, REFRESH, Tokens,
};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    http::{Answer, Api, Http, Pass, Renew},
    secret,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

#[derive(Clone)]
pub struct Client {
    api: Api,
}

#[derive(Serialize, Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

impl Client {
    pub fn new(http: &Http) -> Self {
        Self {
            api: http.service("tokensmith", "/tokensmith"),
        }
    }

    pub async fn health(&self) -> Result<Health, Fault> {
        self.api.get(&["health"]).open().send().await
    }

    /// The keys its tokens are signed with.
    pub async fn keys(&self) -> Result<Vec<Value>, Fault> {
        let request = self.api.get(&[".well-known", "jwks.json"]).open();
        Ok(request.send::<Keys>().await?.keys)
    }

    /// Uses a bootstrap token up.
    pub async fn exchange(&self, token: &str) -> Result<Tokens, Fault> {
        secret::register(token);
        let fields = [
            ("grant_type", EXCHANGE),
            ("subject_token_type", BOOTSTRAP),
            ("subject_token", token.trim()),
        ];
        self.token(&fields).await
    }

    /// Uses a refresh token up; the next one comes with the answer.
    pub async fn refresh(&self, token: &str) -> Result<Tokens, Fault> {
        secret::register(token);
        let fields = [("grant_type", REFRESH), ("refresh_token", token.trim())];
        self.token(&fields).await
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Result<Tokens, Fault> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        // Asking for a token changes nothing of the cluster.
        let request = self.api.post(&["oauth", "token"]).open().reads().single();
        let request = request.body(form, "application/x-www-form-urlencoded");
        let answer = request.raw().await?;
        if answer.is_success() {
            let tokens: Tokens = answer.json()?;
            secret::register(&tokens.access_token);
            secret::register(&tokens.refresh_token);
            return Ok(tokens);
        }
        Err(explained(&answer))
    }

    /// Uses a bootstrap token up and has the session go by what comes, refresh after refresh.
    pub async fn login(&self, http: &Http, token: &str) -> Result<(), Fault> {
        let (client, token) = (self.clone(), token.to_owned());
        http.login(async move { Ok(pass(&client, client.exchange(&token).await?, "")) })
            .await
    }

    /// Gets the session's next token now.
    pub async fn renew(&self, http: &Http) -> Result<(), Fault> {
        if http.renew().await? {
            return Ok(());
        }
        let message = "this session's token cannot be renewed: no refresh token came with it";
        Err(Fault::new(Kind::Unsupported, message).hint(
            "auth.login(BOOTSTRAP) exchanges a bootstrap token, and the session lives on refresh",
        ))
    }

    pub async fn provider(&self) -> Result<Provider, Fault> {
        let request = self.api.get(&["admin", "oidc", "config"]).open();
        Ok(request.send::<ProviderAnswer>().await?.oidc)
    }

    pub async fn set_provider(&self, change: &ProviderChange) -> Result<ProviderAnswer, Fault> {
        let request = self.api.post(&["admin", "oidc", "config"]).open();
        request.json(change).send().await
    }
}

/// What the session goes by; when it has ended, its refresh token gets the next one: the one that came with it, or
/// the `last`, which then is still good.
fn pass(client: &Client, tokens: Tokens, last: &str) -> Pass {
    let refresh = match tokens.refresh_token {
        new if new.is_empty() => last.to_owned(),
        new => new,
    };
    let (client, can_renew) = (client.clone(), !refresh.is_empty());
    let renew = move || -> Pending<'static, Result<Pass, Fault>> {
        let (client, refresh) = (client.clone(), refresh.clone());
        Box::pin(async move {
            let tokens = client.refresh(&refresh).await?;
            Ok(pass(&client, tokens, &refresh))
        })
    };
    Pass {
        token: tokens.access_token,
        renew: can_renew.then(|| Arc::new(renew) as Renew),
    }
}

/// The refusal with the next thing to do: OAuth's own words tell neither what was wrong nor where tokens come from.
fn explained(answer: &Answer) -> Fault {
    let refused = answer.json::<super::types::Refused>().ok();
    let error = refused.map(|refused| refused.error).unwrap_or_default();
    let mut fault = answer.fault();
    match (answer.status, error.as_str()) {
        (429, _) => fault
            .hint("a minute without wrong tokens, and tokensmith listens again: wait that long"),
        (_, "invalid_grant") => {
            fault.kind = Kind::Unauthorized;
            fault.hint(
                "bootstrap tokens can be used once and end soon, refresh tokens are replaced at each use; a new one \
                 is made on the head node: tokensmith bootstrap-token create --subject NAME --audience smd",
            )
        }
        _ => fault,
    }
}
