//! The natives behind `lib-lua/discover.lua`.
use super::super::{
    client::Client,
    discover::{self, LintOptions, Source},
    images::scope,
};
use crate::{http::Http, lua::Natives};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    overwrite: bool,
    lint: Option<Lint>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected true, false, or options as for discover.lint"
)]
enum Lint {
    Wanted(bool),
    Options(LintOptions),
}

impl Options {
    /// What to hold the file against; None: nothing.
    fn lint(&self) -> Option<LintOptions> {
        match &self.lint {
            Some(Lint::Wanted(false)) => None,
            Some(Lint::Options(options)) => Some(options.clone()),
            Some(Lint::Wanted(true)) | None => Some(LintOptions::default()),
        }
    }
}

pub(in crate::services::smd) fn natives(n: &mut Natives, http: &Http) {
    n.sync(
        "lint",
        |(source, options): (Source, Option<LintOptions>)| {
            discover::lint(source, &options.unwrap_or_default())
        },
    );
    n.sync("convert", |(source,): (Source,)| discover::convert(source));
    let smd = Client::new(http);
    let client = smd.clone();
    n.read(
        "plan",
        move |(source, options): (Source, Option<Options>)| {
            let smd = client.clone();
            async move {
                let wanted = discover::wanted(source, options.unwrap_or_default().lint().as_ref())?;
                Ok(discover::compare(&wanted, &discover::present(&smd).await?))
            }
        },
    );
    n.house("smd");
    n.change(
        "static",
        |(source, _): &(Source, Option<Options>)| scope::file(source),
        move |(source, options): (Source, Option<Options>)| {
            let smd = smd.clone();
            async move {
                let options = options.unwrap_or_default();
                let name = source.name.clone();
                let wanted = discover::wanted(source, options.lint().as_ref())?;
                discover::apply(&smd, &name, &wanted, options.overwrite).await
            }
        },
    );
}
