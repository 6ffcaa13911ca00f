//! The natives behind `lib-lua/virsh.lua` and `lib-lua/virsh/`: declarations only.
mod domain;
mod network;
mod open;
mod options;
mod storage;

use super::{
    client::{At, Client, Options},
    images,
    types::{Call, Nodeinfo, Version},
    xml::{domain as document, table},
};
use crate::{fault::Fault, http::Http, journal::Touch, lua::Natives};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// What any call may say besides.
type Said = Option<Options>;

/// A native's name, a word about it, and what it asks about the thing of a name.
type Act = (&'static str, &'static str, fn(String) -> Call);

pub(super) fn natives(n: &mut Natives, http: &Http) {
    n.house("virsh");
    let virsh = Client::new(http);
    domain::natives(n, &virsh);
    network::natives(n, &virsh);
    storage::natives(n, &virsh);
    open::natives(n, &virsh);
    n.read(
        "connect",
        with(&virsh, |virsh, (uri,): (Option<String>,)| async move {
            virsh.connect(uri).await
        }),
    );
    plain::<Nodeinfo>(n, &virsh, "nodeinfo", || Call::Nodeinfo);
    plain::<String>(n, &virsh, "capabilities", || Call::Capabilities);
    plain::<Version>(n, &virsh, "version", || Call::Version);
    plain::<String>(n, &virsh, "uri", || Call::Uri);
    n.sync("xml_parse", |(text,): (String,)| {
        table::read(&text).map(|(_, value)| value)
    });
    n.sync("xml_render", |(sort, value): (String, Value)| {
        table::render(&sort, &value)
    });
}

/// A native's body with a client of its own.
fn with<A, F>(
    virsh: &Client,
    call: impl Fn(Client, A) -> F + 'static,
) -> impl Fn(A) -> F + 'static {
    let virsh = virsh.clone();
    move |args| call(virsh.clone(), args)
}

/// A question about nothing in particular.
fn plain<R: Serialize + DeserializeOwned + Send + 'static>(
    n: &mut Natives,
    virsh: &Client,
    name: &'static str,
    call: fn() -> Call,
) {
    n.read(
        name,
        with(virsh, move |virsh, (said,): (Said,)| async move {
            virsh.at(said).ask::<R>(call()).await
        }),
    );
}

/// A question about one thing by its name.
fn about<R: Serialize + DeserializeOwned + Send + 'static>(
    n: &mut Natives,
    virsh: &Client,
    name: &'static str,
    call: fn(String) -> Call,
) {
    n.read(
        name,
        with(
            virsh,
            move |virsh, (whose, said): (String, Said)| async move {
                virsh.at(said).ask::<R>(call(whose)).await
            },
        ),
    );
}

/// A change of one thing by its name.
fn act<R: Serialize + DeserializeOwned + Send + 'static>(
    n: &mut Natives,
    virsh: &Client,
    name: &'static str,
    resource: &'static str,
    call: fn(String) -> Call,
) {
    let its = virsh.clone();
    n.change(
        name,
        move |(whose, said): &(String, Said)| touch(&its, resource, said.as_ref(), [whose]),
        with(
            virsh,
            move |virsh, (whose, said): (String, Said)| async move {
                virsh.at(said).ask::<R>(call(whose)).await
            },
        ),
    );
}

/// The records that these names are of, at the libvirt that is asked.
fn touch<'a>(
    virsh: &Client,
    resource: &str,
    said: Option<&Options>,
    names: impl IntoIterator<Item = &'a String>,
) -> Touch {
    let uri = virsh.named(said);
    let ids = names
        .into_iter()
        .map(|name| images::id(uri.as_deref(), name));
    Touch::of(resource, ids)
}

/// The record that a document defines; of one that is no document nothing is touched.
fn defined(virsh: &Client, resource: &str, said: Option<&Options>, xml: &str) -> Touch {
    let name = document::document(xml, resource).and_then(|root| document::name(&root));
    touch(virsh, resource, said, name.ok().as_ref())
}

async fn ask<R: DeserializeOwned>(at: At, call: Call) -> Result<R, Fault> {
    at.ask(call).await
}
