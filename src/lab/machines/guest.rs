//! What a node is once its own cloud-init is done, as the world keeps it.
use crate::{
    fault::Fault,
    services::cloud_init::guest::{Guest, Inputs, apply as configure, fresh as untouched},
    world::{Boot, Inside},
};
use serde_json::Value;

/// What came of a configuration.
pub(super) struct Applied {
    pub(super) inside: Inside,
    /// What went wrong with parts of it; empty when all is well.
    pub(super) wrong: Vec<String>,
    pub(super) what: String,
}

/// What the node calls itself towards cloud-init.
pub(super) fn instance_id(meta_data: &str) -> String {
    let meta: Value = serde_saphyr::from_str(meta_data).unwrap_or_default();
    let id = meta.get("instance-id").and_then(Value::as_str);
    id.unwrap_or("nocloud").to_owned()
}

fn inputs(boot: &Boot) -> Inputs<'_> {
    let kernel = boot.kernel.as_ref().and_then(|it| it.kernel.as_deref());
    let mut inputs = Inputs {
        cmdline: boot.cmdline.as_deref().unwrap_or_default(),
        kernel: kernel.unwrap_or_default(),
        ..Inputs::default()
    };
    if let Some(seed) = &boot.seed {
        inputs.meta_data = &seed.meta_data;
        inputs.user_data = &seed.user_data;
        inputs.vendor_data = &seed.vendor_data;
        inputs.parts.clone_from(&seed.parts);
        inputs.datasource = &seed.base;
    }
    inputs
}

fn inside(guest: &Guest, lines: Vec<String>) -> Inside {
    Inside {
        // A record of texts and lists, which is JSON whatever is in it.
        guest: serde_json::to_value(guest).unwrap_or_default(),
        lines,
    }
}

/// Renders, merges and applies.
pub(super) fn apply(boot: &Boot) -> Applied {
    let (guest, lines) = configure(&inputs(boot));
    let mut wrong = guest.broken.clone();
    let failed = guest.failed.iter();
    wrong.extend(failed.map(|name| format!("cloud-init's module {name} failed")));
    let (name, files, users) = (&guest.hostname, guest.files.len(), guest.users.len());
    let what = format!("cloud-init has configured {name}: {files} files, {users} users");
    Applied {
        inside: inside(&guest, lines),
        wrong,
        what,
    }
}

/// The node as its image starts it, where cloud-init finds no data source.
pub(super) fn fresh(boot: &Boot) -> Inside {
    inside(&untouched(&inputs(boot)), Vec::new())
}

/// What the node is called.
pub(super) fn hostname(inside: &Inside) -> &str {
    let name = inside.guest.get("hostname").and_then(Value::as_str);
    name.filter(|it| !it.is_empty()).unwrap_or("localhost")
}

/// Where the node's configuration has it report that it is up.
pub(super) fn phone_home(inside: &Inside) -> Option<String> {
    let url = inside.guest.get("phone_home").and_then(Value::as_str);
    url.map(str::to_owned)
}

/// Runs a command on a node: status and output.
pub(super) fn run(inside: &Inside, command: &str) -> Result<(u8, String), Fault> {
    let guest: Guest = serde_json::from_value(inside.guest.clone())
        .map_err(|e| Fault::internal(format!("the node's record cannot be read: {e}")))?;
    let ran = guest.run(command)?;
    Ok((ran.status, ran.output))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Seed;
    use jiff::Timestamp;

    fn applied(text: &str) -> Applied {
        let url = "http://h/compute.yaml";
        let mut boot = Boot::new(1, Timestamp::UNIX_EPOCH);
        boot.cmdline = Some("root=live:http://h/rocky9.5-compute-base-9.5 xname=x0".into());
        boot.seed = Some(Seed {
            base: "http://h/".into(),
            meta_data: "instance-id: i-1\nlocal-hostname: nid001\n".into(),
            user_data: "#cloud-config".into(),
            vendor_data: format!("#include\n{url}\n"),
            parts: vec![(url.into(), text.into())],
        });
        apply(&boot)
    }

    #[test]
    fn a_configuration_that_holds_is_applied_and_one_that_does_not_is_told() {
        let good = applied("#cloud-config\nwrite_files:\n- {path: /etc/a, content: b}\n");
        assert!(good.wrong.is_empty(), "{:?}", good.wrong);
        assert_eq!(hostname(&good.inside), "nid001");
        let ran = run(&good.inside, "cat /etc/a").expect("it can");
        assert_eq!(ran, (0, "b".to_owned()));
        for (text, words) in [
            ("# a comment\n#cloud-config\na: 1\n", "left out"),
            (
                "## template: jinja\n#cloud-config\nruncmd: [\"{{ nosuch }}\"]\n",
                "nosuch",
            ),
        ] {
            let bad = applied(text);
            let wrong = bad.wrong.join(" ");
            assert!(wrong.contains(words), "{text}: {wrong:?}");
        }
    }
}
