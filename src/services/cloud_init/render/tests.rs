//! What the comparison with cloud-init (`tests/cloud_init_peer.rs`) cannot see: faults, and what stands beside a text.
use super::{is_template, render};
use crate::{
    fault::{Fault, Kind},
    services::cloud_init::instance::Instance,
};
use serde_json::{Map, Value, json};

fn instance(facts: &Value) -> Instance {
    let meta =
        json!({ "instance-id": "i-1", "local-hostname": "nid001.demo", "cluster-name": "demo" });
    Instance::of_meta_data(&meta, facts.as_object().unwrap_or(&Map::new()))
}

fn fault(body: &str) -> Fault {
    let text = format!("## template: jinja\n{body}");
    render(&text, &instance(&json!({}))).expect_err("it cannot be rendered")
}

#[test]
fn faults_name_the_line_of_the_file() {
    let wrong = fault("#cloud-config\na: {{ v1.region }\n");
    assert!(wrong.message.starts_with("line 3: "), "{wrong}");
    let wrong = fault("a: 1\nb: {{ nope.deeper }}\n");
    assert!(
        wrong.message.starts_with("line 3: 'nope' is undefined"),
        "{wrong}"
    );
    let wrong = fault("a: {{ ds.meta_data.cluster-name }}\n");
    assert_eq!(
        wrong.hint.as_deref(),
        Some("a dash is a minus sign to Jinja: write `ds.meta_data.cluster_name`")
    );
}

#[test]
fn a_template_that_does_not_end_is_given_up() {
    let each = "{% for x in range(10000) %}";
    let end = "{% endfor %}";
    let wrong = fault(&format!(
        "#cloud-config\n{each}{each}{each}{end}{end}{end}\n"
    ));
    assert_eq!(wrong.kind, Kind::BadArgument);
    assert_eq!(wrong.message, "line 3: the template does too much work");
}

#[test]
fn what_is_not_simulated_is_named() {
    for body in [
        "{% do [].append(1) %}",
        "{{ 'x' | urlize }}",
        "{% set f = '%s' %}{{ f % 1 }}",
    ] {
        assert_eq!(fault(body).kind, Kind::Unsupported, "{body}");
    }
    assert_eq!(fault("{{ 'x' | nofilter }}").kind, Kind::BadArgument);
}

#[test]
fn facts_of_the_node_must_be_given() {
    let text = "## template: jinja\n{% if distro == 'rocky' %}{{ v1.distro }}{% endif %}";
    let wrong = render(text, &instance(&json!({}))).expect_err("nobody knows");
    assert_eq!(
        wrong.message,
        "v1.distro is known only on the node, not to its meta-data"
    );
    let done = render(text, &instance(&json!({ "distro": "rocky" }))).expect("known");
    assert_eq!(done.text, "rocky");
}

#[test]
fn a_template_is_told_by_its_first_line() {
    assert!(is_template("## Template: Jinja\n"));
    assert!(!is_template("##template:jinja\n"));
    assert!(!is_template("#cloud-config\n## template: jinja\n"));
    let plain = render("#cloud-config\na: {{ b }}\n", &instance(&json!({}))).expect("as it is");
    assert_eq!(
        (plain.template, plain.text.as_str()),
        (false, "#cloud-config\na: {{ b }}\n")
    );
    assert!(render("\n## template: jinja\nx", &instance(&json!({}))).is_err());
}

#[test]
fn lines_of_the_text_are_traced_to_the_source() {
    let text = "## template: jinja\n#cloud-config\n{% for x in [1, 2] %}\n- {{ x }}\n{% endfor %}\nend: 1\n";
    let done = render(text, &instance(&json!({}))).expect("rendered");
    assert_eq!(done.text, "#cloud-config\n- 1\n- 2\nend: 1\n");
    let lines: Vec<usize> = (1..=4).map(|line| done.source_line(line)).collect();
    assert_eq!(lines, [2, 4, 4, 6]);
}

#[test]
fn unknown_names_are_listed_once() {
    let text = "## template: jinja\n{{ a }} {{ ds.b }} {{ a }} {{ ds['c-d'] }}\n";
    let done = render(text, &instance(&json!({}))).expect("rendered");
    assert_eq!(done.missing, ["a", "b", "c-d"]);
}
