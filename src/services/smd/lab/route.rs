//! Which request goes where: matching as SMD's router does it, its 404 and 405, and who is asked for a token.
use super::{
    Lab,
    answer::{Answer, Reply},
};
use axum::http::{HeaderMap, Method, header};

/// Whether a route wants a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Open,
    Closed,
}

/// One request, taken apart.
pub(super) struct Call {
    /// What stood in the places of the pattern's variables.
    params: Vec<String>,
    pub(super) query: String,
    pub(super) body: Vec<u8>,
}

impl Call {
    pub(super) fn param(&self, place: usize) -> &str {
        self.params.get(place).map_or("", String::as_str)
    }
}

/// What a route does.
pub(super) type Handler = fn(&Lab, &Call) -> Reply;

pub(super) struct Route {
    pub(super) method: Method,
    /// `/groups/{label}/members`, under SMD's base.
    pub(super) pattern: &'static str,
    pub(super) access: Access,
    pub(super) handler: Handler,
}

impl Route {
    /// The values of the variables, if a path is of this route's form.
    fn fits(&self, path: &[&str]) -> Option<Vec<String>> {
        let mut params = Vec::new();
        let mut pattern = self.pattern.split('/');
        for segment in path {
            let expected = pattern.next()?;
            if expected.starts_with('{') {
                params.push((*segment).to_owned());
            } else if expected != *segment {
                return None;
            }
        }
        pattern.next().is_none().then_some(params)
    }

    /// Literal segments win over variables, from the left.
    fn precedence(&self) -> Vec<bool> {
        let variable = |segment: &str| segment.starts_with('{');
        self.pattern.split('/').map(variable).collect()
    }
}

/// One request as the server hands it over; `path` is under SMD's base.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Finds the route and follows it. Unknown paths and wrong methods come before the question for a token.
pub(super) fn follow(lab: &Lab, routes: &[Route], asked: Asked) -> Answer {
    let full = decoded(asked.path);
    let path = full.strip_suffix('/').unwrap_or(&full);
    let segments: Vec<&str> = path.split('/').collect();
    let mut fitting: Vec<(&Route, Vec<String>)> = routes
        .iter()
        .filter_map(|route| Some((route, route.fits(&segments)?)))
        .collect();
    if fitting.is_empty() {
        return Answer::text(404, "404 page not found");
    }
    fitting.sort_by_key(|(route, _)| route.precedence());
    let same = |(route, _): &(&Route, Vec<String>)| route.method == *asked.method;
    let Some((route, params)) = fitting.into_iter().find(same) else {
        return not_allowed(routes, &full);
    };
    if route.access == Access::Closed
        && let Err(words) = lab.guard.check(asked.headers)
    {
        return Answer::text(401, words);
    }
    let call = Call {
        params,
        query: asked.query.to_owned(),
        body: asked.body,
    };
    (route.handler)(lab, &call).unwrap_or_else(|early| early)
}

/// SMD names the methods only where the path is literally a pattern of its own.
fn not_allowed(routes: &[Route], path: &str) -> Answer {
    let literal = routes
        .iter()
        .filter(|route| route.pattern.eq_ignore_ascii_case(path));
    let methods: Vec<&str> = literal.map(|route| route.method.as_str()).collect();
    let allowed = methods.join(",");
    let answer = Answer::problem(405, format!("allow {allowed}"));
    match allowed.as_str() {
        "" => answer,
        _ => answer.with(header::ALLOW, allowed),
    }
}

/// Go decodes a path only when encoding it again would give what was sent.
fn decoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
    let encoded = |byte: u8| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let text = super::wire::unescape(path, false);
    text.filter(|text| text.bytes().map(encoded).collect::<String>() == path)
        .unwrap_or_else(|| path.to_owned())
}
