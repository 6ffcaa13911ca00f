//! The course's own files, as the nodes of the course get them.
use crate::services::cloud_init::guest::{Guest, Inputs, UnitFile, apply};

const BASE: &str = "http://172.16.0.254:8081/cloud-init";
const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICmU3ZSS/ljfBSPoZ0p15nfsQ9KO596sImyTIapl1hUO";
const CMDLINE: &str = "initrd=initrd root=live:http://172.16.0.254:9000/boot-images/compute/base/rocky9.5-compute-base-9.5 ip=dhcp";

fn meta(group: &str, more: &str) -> String {
    format!(
        "instance-id: i-1\nlocal-hostname: nid001\nhostname: nid001\ncluster-name: demo\ninstance_data:\n  v1:\n    \
         public_keys: ['{KEY}']\n    vendor_data:\n      version: '1.0'\n      cluster_name: demo\n      groups:\n        \
         {group}: {{Description: d{more}}}\n"
    )
}

pub(super) fn node(group: &str, more: &str, text: &str) -> (Guest, Vec<String>) {
    let address = format!("{BASE}/{group}.yaml");
    apply(&Inputs {
        meta_data: &meta(group, more),
        user_data: "#cloud-config",
        vendor_data: &format!("#include\n{address}\n"),
        parts: vec![(address.clone(), text.to_owned())],
        cmdline: CMDLINE,
        datasource: BASE,
        kernel: "",
    })
}

fn told(guest: &Guest, command: &str) -> (u8, String) {
    let ran = guest
        .run(command)
        .unwrap_or_else(|e| panic!("{command}: {e}"));
    (ran.status, ran.output)
}

#[test]
fn a_compute_node() {
    let text = include_str!("../../../../../scripts/tutorial/data/cloud-init/compute.yaml");
    let (guest, console) = node("compute", ", nfs_server: 172.16.0.4", text);
    assert_eq!(told(&guest, "hostname"), (0, "nid001\n".to_owned()));
    assert_eq!(
        guest.file(&super::keys_in("/root")).expect("keys").content,
        format!("{KEY}\n")
    );
    assert!(
        guest
            .file("/etc/chrony.conf")
            .expect("ntp")
            .content
            .contains("server 172.16.0.254 iburst\n")
    );
    assert_eq!(
        told(&guest, "systemctl is-active chronyd slurmd"),
        (0, "active\ninactive\n".to_owned())
    );
    assert_eq!(
        told(&guest, "findmnt /scratch").0,
        1,
        "automount: nobody used it yet"
    );
    assert!(
        told(&guest, "cat /etc/fstab")
            .1
            .contains("172.16.0.4:/scratch\t/scratch\tnfs\t")
    );
    assert!(guest.failed.is_empty(), "{:?}", guest.notes);
    assert!(
        console.iter().any(|line| line.contains("finished")),
        "{console:#?}"
    );
}

#[test]
fn an_io_node() {
    let text = include_str!("../../../../../scripts/tutorial/data/cloud-init/io.yaml");
    let (guest, _) = node("io", "", text);
    assert!(guest.failed.is_empty(), "{:?}", guest.notes);
    assert_eq!(told(&guest, "systemctl is-active nfs-server").1, "active\n");
    assert_eq!(guest.services["nfs-server.service"].file, UnitFile::Enabled);
    assert!(
        told(&guest, "cat /etc/exports")
            .1
            .starts_with("/scratch 172.16.0.0/24(")
    );
    let scratch = told(&guest, "findmnt /scratch").1;
    assert!(
        scratch.ends_with("/scratch tmpfs  tmpfs  rw,relatime,size=1048576k,mode=1777\n"),
        "{scratch}"
    );
}

#[test]
fn a_front_end() {
    let text = include_str!("../../../../../scripts/tutorial/data/cloud-init/frontend.yaml");
    let (guest, console) = node("frontend", "", text);
    assert!(guest.failed.is_empty(), "{:?}", guest.notes);
    assert_eq!(
        told(&guest, "id student").1,
        "uid=1000(student) gid=1000(student) groups=1000(student)\n"
    );
    assert_eq!(
        told(&guest, "getent passwd student").1,
        "student:x:1000:1000::/home/student:/bin/bash\n"
    );
    assert!(
        told(&guest, "cat /etc/motd")
            .1
            .starts_with("demo: front-end node nid001\n")
    );
    assert!(
        console.contains(&"openssh-server".to_owned()),
        "{console:#?}"
    );
}

#[test]
fn a_slurm_node() {
    let text = include_str!("../../../../../scripts/tutorial/data/cloud-init/slurm.yaml");
    let (guest, _) = node("slurm", ", munge_key: AAECAwQF/w==", text);
    assert!(guest.failed.is_empty(), "{:?}", guest.notes);
    let key = guest.file("/etc/munge/munge.key").expect("the key");
    assert_eq!(
        (
            key.owner.as_str(),
            key.permissions.as_str(),
            key.encoding.as_deref()
        ),
        ("munge", "0400", Some("b64"))
    );
    assert_eq!(
        told(&guest, "systemctl is-active munge slurmd").1,
        "active\nactive\n"
    );
}

#[test]
fn a_kubernetes_worker_needs_its_image() {
    let text = include_str!("../../../../../scripts/tutorial/data/cloud-init/kubernetes.yaml");
    let (guest, console) = node("kubernetes", "", text);
    let refused = "Failed to enable unit: Unit file kubelet.service does not exist.";
    assert!(console.contains(&refused.to_owned()), "{console:#?}");
    assert_eq!(told(&guest, "systemctl is-enabled kubelet").0, 1);
    assert_eq!(guest.failed, ["scripts-user"]);
    assert_eq!(
        told(&guest, "cloud-init status"),
        (1, "status: error\n".to_owned())
    );
}
