//! The natives behind `lib-lua/cloud_init/template.lua`; they ask nobody.
use super::super::{
    instance::Instance,
    lint,
    merge::{self, Part},
    render,
};
use crate::lua::Natives;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    facts: Map<String, Value>,
}

fn instance(meta_data: Option<Value>, options: Option<Options>) -> Instance {
    let facts = options.unwrap_or_default().facts;
    Instance::of_meta_data(&meta_data.unwrap_or_default(), &facts)
}

type Data = Option<Value>;

pub(super) fn natives(n: &mut Natives) {
    n.sync(
        "render",
        |(content, meta_data, options): (String, Data, Option<Options>)| {
            let rendered = render::render(&content, &instance(meta_data, options))?;
            Ok(rendered.text)
        },
    );
    n.sync(
        "merge",
        |(parts, meta_data, options): (Vec<Part>, Data, Option<Options>)| {
            let instance = meta_data.map(|data| instance(Some(data), options));
            Ok(merge::merge(&parts, instance.as_ref()))
        },
    );
    n.sync(
        "lint",
        |(content, meta_data, options): (String, Data, Option<Options>)| {
            let instance = meta_data.map(|data| instance(Some(data), options));
            Ok(lint::lint(&content, instance.as_ref()))
        },
    );
    n.sync("names", |(meta_data, options): (Data, Option<Options>)| {
        Ok(instance(meta_data, options).names())
    });
}
