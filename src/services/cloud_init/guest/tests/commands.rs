//! `runcmd`, units, and the commands that look.
use super::{node, node_and_console, told};
use crate::services::cloud_init::guest::script::{Into, Joint, Step, steps};

fn step(joint: Joint, words: &[&str]) -> Step {
    Step {
        joint,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        into: None,
        quiet: false,
    }
}

#[test]
fn lines_of_the_shell_are_taken_apart() {
    let read = steps("a 'b  c' && d\\ e 2>/dev/null || true; echo \"x; y\" >> /f # end\n")
        .expect("understood");
    let mut want = vec![
        step(Joint::Always, &["a", "b  c"]),
        step(Joint::IfGood, &["d e"]),
        step(Joint::IfBad, &["true"]),
        step(Joint::Always, &["echo", "x; y"]),
    ];
    want[1].quiet = true;
    want[3].into = Some(Into {
        path: "/f".to_owned(),
        append: true,
    });
    assert_eq!(read, want);
    assert_eq!(
        steps("echo x >&2 2>&1").expect("understood"),
        [step(Joint::Always, &["echo", "x"])]
    );
    for more in [
        "a | b",
        "echo $HOME",
        "echo \"$(id)\"",
        "for x in *; do :; done",
        "a &",
        "cat < f",
        "'open",
        "(a)",
        "&& a",
        "a >",
    ] {
        assert_eq!(steps(more), None, "{more}");
    }
}

#[test]
fn units_are_turned_on_and_off() {
    let guest = node(
        "#cloud-config\nruncmd:\n- systemctl mask --now sshd\n- [systemctl, enable, --now, munge.service]\n- systemctl stop chronyd\n- systemctl start sshd || systemctl start slurmd\n",
    );
    assert_eq!(
        told(&guest, "systemctl is-enabled sshd munge"),
        (0, "masked\nenabled\n".to_owned())
    );
    assert_eq!(
        told(&guest, "systemctl is-active sshd"),
        (3, "inactive\n".to_owned())
    );
    assert_eq!(
        told(&guest, "systemctl is-active chronyd slurmd"),
        (0, "inactive\nactive\n".to_owned())
    );
    let none = "Failed to get unit file state for x.service: No such file or directory\n";
    assert_eq!(told(&guest, "systemctl is-enabled x"), (1, none.to_owned()));
}

#[test]
fn a_package_brings_its_unit() {
    let guest = node(
        "#cloud-config\npackages: [httpd, nfs-utils]\nruncmd: [systemctl enable --now httpd]\n",
    );
    assert_eq!(guest.packages, ["httpd"], "the image has the other");
    assert_eq!(told(&guest, "systemctl is-active httpd").0, 0);
    assert_eq!(
        told(&guest, "rpm -q httpd gone"),
        (1, "httpd\npackage gone is not installed\n".to_owned())
    );
}

#[test]
fn output_goes_to_the_console_or_into_a_file() {
    let (guest, console) = node_and_console(
        "#cloud-config\nruncmd:\n- echo hello\n- [echo, 'a  b']\n- echo x > /etc/x && echo y >> /etc/x\n- chmod 600 /etc/x\n- hostnamectl set-hostname other\n",
    );
    assert!(
        console.contains(&"hello".to_owned()) && console.contains(&"a  b".to_owned()),
        "{console:#?}"
    );
    let file = guest.file("/etc/x").expect("written");
    assert_eq!(
        (file.content.as_str(), file.permissions.as_str()),
        ("x\ny\n", "0600")
    );
    assert_eq!(told(&guest, "hostname -s"), (0, "other\n".to_owned()));
}

#[test]
fn what_cannot_be_run_says_what_can() {
    let guest = node("");
    for command in [
        "reboot",
        "cat x | wc",
        "findmnt",
        "ls -l /etc",
        "systemctl status sshd",
    ] {
        let fault = guest.run(command).expect_err(command);
        assert_eq!(fault.kind.name(), "unsupported", "{command}");
        assert!(fault.hint.is_some(), "{command}");
    }
    for command in ["", "cat 'open"] {
        assert_eq!(
            guest.run(command).expect_err(command).kind.name(),
            "bad_argument"
        );
    }
}

#[test]
fn a_status_ends_at_255() {
    let many = format!("rpm -q {}", "nosuch ".repeat(256));
    let guest = node(&format!("#cloud-config\nruncmd:\n- {many}\n"));
    assert_eq!(guest.failed, ["scripts-user"]);
    let (status, output) = told(&guest, &many);
    assert_eq!((status, output.lines().count()), (255, 256));
}
