//! Each rule finds its fault, names the place, and is silent where all is well.
use super::{Finding, Severity, lint};
use crate::services::cloud_init::instance::Instance;
use serde_json::{Map, json};

const GOOD: &str = "## template: jinja
#cloud-config
merge_how: \"list(append)+dict(no_replace,recurse_list)+str()\"
users:
  - name: root
    ssh_authorized_keys: {{ ds.meta_data.instance_data.v1.public_keys }}
disable_root: false
";

fn node() -> Instance {
    let meta = json!({
        "instance-id": "i-1", "local-hostname": "nid001", "cluster-name": "demo",
        "instance_data": { "v1": {
            "public_keys": ["ssh-ed25519 AAAA rocky"], "region": "", "vendor_data": { "groups": { "compute": { "nfs": "172.16.0.254" } } },
        } },
    });
    Instance::of_meta_data(&meta, &Map::new())
}

/// The findings of a rule.
fn of(rule: &str, content: &str) -> Vec<Finding> {
    let found = lint(content, Some(&node()));
    found.into_iter().filter(|it| it.rule == rule).collect()
}

fn config(body: &str) -> String {
    format!("#cloud-config\nmerge_how: \"dict(recurse_list)+list(append)\"\n{body}")
}

fn places(found: &[Finding]) -> Vec<(usize, usize)> {
    found.iter().map(|it| (it.line, it.column)).collect()
}

#[test]
fn a_good_text_has_no_findings() {
    assert_eq!(lint(GOOD, None), []);
    assert_eq!(lint(GOOD, Some(&node())), []);
    assert_eq!(lint("#!/bin/sh\necho hello\n", None), []);
}

#[test]
fn the_first_lines_are_exact() {
    let error = |text: &str| {
        let found = of("header", text);
        assert!(
            found.iter().any(|it| it.severity == Severity::Error),
            "{text}: {found:?}"
        );
        assert_eq!(found.len(), 1, "{text}: {found:?}");
    };
    error("#cloud-config\nhostname: {{ v1.local_hostname }}\n");
    error("##template:jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}\n");
    error("\n## template: jinja\n#cloud-config\n{{ v1.region }}");
    error("## template: jinja\nhostname: {{ v1.local_hostname }}\n");
    error("hostname: x\n");
    let warned = of(
        "header",
        "## template: Jinja\n#cloud-config\na: {{ v1.region }}\n",
    );
    assert_eq!(warned[0].severity, Severity::Warning);
    let warned = of(
        "header",
        "## template: jinja\n\n#cloud-config\na: {{ v1.region }}\n",
    );
    assert_eq!((warned[0].severity, warned[0].line), (Severity::Warning, 2));
    assert_eq!(
        of("header", "## template: jinja\n#cloud-config\n")[0].severity,
        Severity::Note
    );
    // Go's templates are none.
    assert_eq!(
        of(
            "header",
            &config("runcmd:\n  - docker inspect -f '{{.State}} {{ range .Mounts }}{{end}}' x\n")
        ),
        []
    );
}

#[test]
fn yaml_is_read_behind_the_jinja() {
    let body = "{% for x in [1, 2] %}\n# {{ x }}\n{% endfor %}\na: b: c\n";
    let found = of("yaml", &format!("## template: jinja\n{}", config(body)));
    assert_eq!(found[0].line, 7, "{found:?}");
    assert_eq!(of("yaml", &config("packages: [a\nb: 1\n")).len(), 1);
    assert_eq!(of("yaml", "#cloud-config\n- a\n").len(), 1);
    assert_eq!(places(&of("tab", &config("a:\n\t- b\n"))), [(4, 1)]);
    assert_eq!(of("empty", "#cloud-config\n").len(), 1);
}

#[test]
fn jinja_faults_have_their_line() {
    let found = of(
        "jinja",
        "## template: jinja\n#cloud-config\na: 1\nb: {{ v1.region }\n",
    );
    assert_eq!(found[0].line, 4, "{found:?}");
    let found = of(
        "hyphen",
        "## template: jinja\n#cloud-config\na: {{ ds.meta_data.local-hostname }}\n",
    );
    assert_eq!(places(&found), [(3, 7)]);
    assert_eq!(found[0].hint, "write `ds.meta_data.local_hostname`");
    let all = lint(
        "## template: jinja\n#cloud-config\na: {{ ds.meta_data.local-hostname }}\n",
        None,
    );
    assert_eq!(
        all.iter()
            .filter(|it| it.severity == Severity::Error)
            .count(),
        1,
        "{all:?}"
    );
}

#[test]
fn names_that_are_not_there_are_told() {
    let template =
        |body: &str| format!("## template: jinja\n#cloud-config\nmerge_how: \"dict()\"\n{body}\n");
    let found = of(
        "unknown-name",
        &template("hostname: {{ ds.meta_data.hostnam }}"),
    );
    assert_eq!(places(&found), [(4, 14)]);
    let text = template("ssh_authorized_keys: {{ v1.public_keys }}");
    let found = lint(&text, None);
    assert_eq!(
        found[0].hint,
        "did you mean `ds.meta_data.instance_data.v1.public_keys`?"
    );
    assert_eq!(
        of(
            "empty-name",
            &template("locale: {{ ds.meta_data.instance_data.v1.region }}")
        )
        .len(),
        1
    );
    let fine = template(
        "locale: {{ nope | default('C') }}\nntp: {{ ds.meta_data.instance_data.v1.vendor_data.groups.io.x }}",
    );
    assert_eq!(lint(&fine, None), []);
    // The data say what the form cannot.
    assert_eq!(of("unknown-name", &fine).len(), 1);
}

#[test]
fn unknown_keys_have_a_near_one() {
    let found = of("unknown-key", &config("run_cmd: [ls]\nwrite-files: []\n"));
    assert_eq!(places(&found), [(3, 1), (4, 1)]);
    assert_eq!(found[0].hint, "did you mean runcmd?");
    assert_eq!(found[1].hint, "did you mean write_files?");
}

#[test]
fn how_a_part_is_merged_is_checked() {
    let found = of(
        "merge-how",
        "#cloud-config\nmerge_how: \"list(append)\"\nruncmd: [ls]\n",
    );
    assert_eq!((found[0].severity, found[0].line), (Severity::Error, 2));
    let found = of(
        "merge-how",
        "#cloud-config\nmerge_how: append\nruncmd: [ls]\n",
    );
    assert_eq!(found[0].severity, Severity::Error);
    let found = of("merge-how", "#cloud-config\nruncmd: [ls]\n");
    assert_eq!(found[0].severity, Severity::Note);
}

#[test]
fn secrets_are_placed_and_never_repeated() {
    let open = [
        "password: hunter22",
        "users:\n  - name: x\n    plain_text_passwd: hunter22",
        "chpasswd:\n  list: |\n    root:hunter22",
        "chpasswd:\n  users:\n    - {name: root, password: hunter22}",
        "write_files:\n  - path: /etc/munge/munge.key\n    content: hunter22",
        "write_files:\n  - path: /x\n    content: |\n      -----BEGIN OPENSSH PRIVATE KEY-----\n      hunter22",
        "ssh_keys:\n  rsa_private: hunter22",
        "runcmd:\n  - kubeadm join --token hunter22.abc head",
        "runcmd:\n  - curl https://me:hunter22@head/x",
        "runcmd:\n  - 'curl -H \"Authorization: Bearer hunter22\" head'",
        "landscape:\n  client: {api_token: hunter22}",
    ];
    for body in open {
        let found = of("secret", &config(&format!("{body}\n")));
        assert_eq!(found.len(), 1, "{body}: {found:?}");
        assert_eq!(found[0].severity, Severity::Error, "{body}");
        assert!(
            !format!("{found:?}").contains("hunter22"),
            "{body}: {found:?}"
        );
    }
    let hashed = of(
        "secret",
        &config("users:\n  - {name: x, passwd: $6$salt$hash}\n"),
    );
    assert_eq!((hashed[0].severity, hashed[0].line), (Severity::Warning, 4));
    let script = of(
        "secret",
        "#!/bin/sh\nexport X=1\nmysql --password hunter22\n",
    );
    assert_eq!(places(&script), [(3, 1)]);
    // Letters that change their length with their case: the place of what follows must not shift.
    for text in ["echo İ password=€x", "echo İ PassWord=€x İ\u{212a}"] {
        let found = of("secret", &format!("#!/bin/sh\n{text}\n"));
        assert_eq!(places(&found), [(2, 1)], "{text}");
    }
    let none = "ssh_pwauth: false\nlock_passwd: true\npassword: \"\"\nssh_authorized_keys: [ssh-rsa AAAA x]\nruncmd: [echo --token $T]\n";
    assert_eq!(of("secret", &config(none)), []);
    let template = "## template: jinja\n#cloud-config\nwrite_files:\n  - path: /etc/munge/munge.key\n    content: {{ v1.region }}\n";
    assert_eq!(of("secret", template), []);
}

#[test]
fn a_broken_text_hides_no_secret() {
    let found = of(
        "secret",
        "#cloud-config\na: [\nb: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig\n",
    );
    assert_eq!(places(&found), [(3, 1)]);
}
