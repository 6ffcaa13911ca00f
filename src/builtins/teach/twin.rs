//! A command with what a call was given, as far as the command takes the same.
use super::curl::word;
use crate::secret;
use serde_json::Value;

/// How commands take what the call is given first and second: `1` and `2` stand for it, `n` for a first one that is a
/// number. Others are named without, and `…` says so.
const FORMS: &[(&str, &str)] = &[
    ("ochami smd component get", "--xname 1|--nid n"),
    ("ochami smd component delete", "--no-confirm 1"),
    ("ochami smd compep get", "1"),
    ("ochami smd rfe get", "--xname 1"),
    ("ochami smd rfe delete", "--no-confirm 1"),
    ("ochami smd iface get", "--comp-id 1"),
    ("ochami smd group get", "--name 1"),
    ("ochami smd group delete", "--no-confirm 1"),
    ("ochami smd group member get", "1"),
    ("ochami smd group member add", "1 2"),
    ("ochami smd group member set", "1 2"),
    ("ochami smd group member delete", "--no-confirm 1 2"),
    ("ochami smd group membership", "--id 1"),
    ("ochami cloud-init group get raw", "1"),
    ("ochami cloud-init group get config", "1"),
    ("ochami cloud-init group get meta-data", "1"),
    ("ochami cloud-init group delete", "--no-confirm 1"),
    ("ochami cloud-init group render", "1 2"),
    ("ochami cloud-init node get meta-data", "1"),
    ("ochami cloud-init node get user-data", "1"),
    ("ochami cloud-init node get vendor-data", "1"),
    ("ochami cloud-init node get group", "1 2"),
    ("stat", "1"),
    ("sysctl", "1"),
];

/// More names, or a longer one, are left out.
const LONG: usize = 200;

/// Words, each as a shell wants it; none: this is no list of words.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(word(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(all) if !all.is_empty() => {
            let each: Option<Vec<String>> = all.iter().map(words).collect();
            Some(each?.join(" "))
        }
        _ => None,
    }
}

/// The command in place of the function at `path`.
pub(super) fn filled(path: &str, command: &str, arguments: &[Value]) -> String {
    let empty = |it: &Value| match it {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let end = arguments.iter().rposition(|it| !empty(it));
    let Some(end) = end else {
        return command.to_owned();
    };
    let form = FORMS.iter().find(|(name, _)| *name == command);
    let filled = form.and_then(|(_, form)| fill(form, &arguments[..=end]));
    let text = match filled {
        Some(rest) => format!("{command} {rest}"),
        // The examples of chami's own verbs stand there with a name.
        None if command.starts_with("chami lab ") => lab(command, &arguments[..=end]),
        None if path.starts_with("virsh.") && command.starts_with("virsh ") => {
            virsh(command, &arguments[..=end])
        }
        None => format!("{command} …"),
    };
    secret::hide(&text).into_owned()
}

fn fill(form: &str, arguments: &[Value]) -> Option<String> {
    let number = arguments.first()?.is_number();
    let form = match form.split_once('|') {
        Some((_, second)) if number => second,
        Some((first, _)) => first,
        None => form,
    };
    let places = form.split(' ').filter(|it| ["1", "2", "n"].contains(it));
    if places.count() != arguments.len() {
        return None;
    }
    let each = form.split(' ').map(|part| match part {
        "1" | "n" => words(&arguments[0]),
        "2" => words(&arguments[1]),
        other => Some(other.to_owned()),
    });
    let each: Option<Vec<String>> = each.collect();
    Some(each?.join(" "))
}

/// `chami lab snapshot before`: with the name that was given.
fn lab(command: &str, arguments: &[Value]) -> String {
    let verb: Vec<&str> = command.split(' ').take(3).collect();
    match arguments {
        [name] if words(name).is_some() => {
            format!("{} {}", verb.join(" "), words(name).unwrap_or_default())
        }
        _ => format!("{} …", verb.join(" ")),
    }
}

/// `virsh start compute1`: with the names that were given, of which the command takes one. What else was said is spelled
/// otherwise there: the lines that follow have it.
fn virsh(command: &str, arguments: &[Value]) -> String {
    let verb: Vec<&str> = command.split(' ').take(2).collect();
    let (verb, names) = (verb.join(" "), &arguments[0]);
    let several = names.as_array().is_some_and(|all| all.len() > 1);
    match words(names).filter(|it| it.len() < LONG) {
        Some(names) if arguments.len() == 1 && several => {
            format!("for d in {names}; do {verb} $d; done")
        }
        Some(name) if arguments.len() == 1 && !name.contains('<') => format!("{verb} {name}"),
        _ => format!("{verb} …"),
    }
}

#[cfg(test)]
mod tests {
    use super::filled;
    use serde_json::{Value, json};

    #[test]
    fn what_the_command_takes_is_filled_in() {
        let component = |given: &[Value]| filled("smd.x", "ochami smd component get", given);
        assert_eq!(component(&[]), "ochami smd component get");
        assert_eq!(
            component(&[json!(null), json!({})]),
            "ochami smd component get"
        );
        assert_eq!(component(&[json!(3)]), "ochami smd component get --nid 3");
        assert_eq!(
            component(&[json!("x1")]),
            "ochami smd component get --xname x1"
        );
        assert_eq!(
            component(&[json!("x1"), json!({"a": 1})]),
            "ochami smd component get …"
        );
        let add = filled(
            "smd.x",
            "ochami smd group member add",
            &[json!("io"), json!(["a", "b c"])],
        );
        assert_eq!(add, "ochami smd group member add io a 'b c'");
        assert_eq!(
            filled("smd.x", "ochami smd group add", &[json!("io")]),
            "ochami smd group add …"
        );
        assert_eq!(
            filled("lab.x", "chami lab discard before", &[json!("one")]),
            "chami lab discard one"
        );
        let start = |given: &[Value]| filled("virsh.x", "virsh start compute1", given);
        assert_eq!(start(&[json!(["c2"])]), "virsh start c2");
        assert_eq!(
            start(&[json!(["c1", "c2"]), json!({})]),
            "for d in c1 c2; do virsh start $d; done"
        );
        assert_eq!(
            filled(
                "node.boot",
                "virsh start compute1",
                &[json!(["x1000c0s0b0n0"])]
            ),
            "virsh start compute1 …"
        );
        assert_eq!(start(&[json!("c1"), json!({"uri": "x"})]), "virsh start …");
        assert_eq!(
            filled(
                "virsh.x",
                "virsh define compute1.xml",
                &[json!("<domain/>")]
            ),
            "virsh define …"
        );
    }
}
