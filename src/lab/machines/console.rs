//! What a machine's serial console shows of its last boot, told from its timeline in the words of the real programs:
//! firmware, iPXE, kernel, dracut, systemd, cloud-init. A stage that was tried again and again is shown as it was last.
use super::{HEAD, guest, told};
use crate::world::{Boot, Evidence, Inside, KERNEL, Machine, Next, Power, Stage};
use std::fmt::Write as _;

/// The text so far.
pub(super) fn text(machine: &Machine, boot: &Boot, inside: Option<&Inside>) -> String {
    let mut console = Console {
        out: String::new(),
        machine,
        boot,
    };
    if boot.stages.is_empty() {
        return String::new();
    }
    console.firmware();
    if boot.cmdline.is_some() && console.kernel() && console.root() {
        console.system(inside);
    }
    if machine.power == Power::Off {
        console.line("");
        console.line("(switched off)");
    }
    console.out
}

struct Console<'a> {
    out: String,
    machine: &'a Machine,
    boot: &'a Boot,
}

/// As iPXE says that a download failed.
fn ipxe_error(evidence: &Evidence) -> &'static str {
    match evidence.status {
        Some(404) => "No such file or directory (https://ipxe.org/2d0c618e)",
        Some(401 | 403) => "Permission denied (https://ipxe.org/020c618e)",
        Some(200) => "Exec format error (https://ipxe.org/2e008081)",
        Some(_) => "Input/output error (https://ipxe.org/1d0c6139)",
        None if evidence.what.contains("refused") => "Connection reset (https://ipxe.org/0f0a6039)",
        None => "Connection timed out (https://ipxe.org/4c0a6092)",
    }
}

impl Console<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn seconds(&self, stage: Stage) -> f64 {
        let at = self
            .boot
            .evidence(stage)
            .map_or(self.boot.started, |it| it.at);
        let kernel = self
            .boot
            .evidence(Stage::Initrd)
            .map_or(self.boot.started, |it| it.at);
        at.duration_since(kernel).as_secs_f64().max(0.0)
    }

    fn stamped(&mut self, stage: Stage, after: f64, text: &str) {
        let at = self.seconds(stage) + after;
        let _ = writeln!(self.out, "[{at:12.6}] {text}");
    }

    fn firmware(&mut self) {
        let mac = self.machine.mac.clone();
        let bare = mac.replace(':', "").to_uppercase();
        self.line(&format!(
            "BdsDxe: starting Boot0001 \"UEFI PXEv4 (MAC:{bare})\" from PciRoot(0x0)/Pci(0x1,0x0)/MAC({bare},0x1)/IPv4(0.0.0.0)"
        ));
        self.line("\n>>Start PXE over IPv4.");
        let Some(offer) = self.boot.evidence(Stage::Offer).cloned() else {
            return;
        };
        let Some(ip) = self.boot.ip.clone() else {
            self.line("  PXE-E16: No valid offer received.");
            return;
        };
        if offer.what.contains("names no boot file") {
            self.line(&format!("  Station IP address is {ip}"));
            self.line("\n  PXE-E53: No boot filename received.");
            self.again(&offer);
            return;
        }
        self.line(&format!(
            "  Station IP address is {ip}\n\n  Server IP address is {HEAD}\n  NBP filename is ipxe-x86_64.efi\n\
             \x20 NBP filesize is 1043968 Bytes\n Downloading NBP file...\n\n  NBP file downloaded successfully."
        ));
        self.line("iPXE initialising devices...ok\n\n");
        self.line("iPXE 1.21.1 -- Open Source Network Boot Firmware -- https://ipxe.org");
        self.line("Features: DNS HTTP HTTPS iSCSI TFTP VLAN SRP AoE EFI Menu\n");
        self.line(&format!(
            "net0: {mac} using virtio-net on 0000:01:00.0 (Ethernet) [open]\n  [Link:up, TX:0 TXE:0 RX:0 RXE:0]\n\
             Configuring (net0 {mac})...... ok\nnet0: {ip}/255.255.255.0 gw {HEAD}\nNext server: {HEAD}"
        ));
        if offer.ok {
            self.ipxe();
        } else {
            self.line(&format!(
                "Filename: default\ntftp://{HEAD}/default... ok\ndefault : 14 bytes [script]\nRebooting"
            ));
            self.again(&offer);
        }
    }

    /// Says that what stands above was not the first time.
    fn again(&mut self, evidence: &Evidence) {
        if evidence.tries > 1 {
            self.line(&format!("(the same {} times so far)", evidence.tries));
        }
    }

    fn ipxe(&mut self) {
        let Some(script) = self.boot.evidence(Stage::Script).cloned() else {
            return;
        };
        let url = script
            .request
            .clone()
            .unwrap_or_default()
            .replacen("GET ", "", 1);
        self.line(&format!("Filename: {url}"));
        self.download(&url, &script, script.status == Some(200));
        if script.status != Some(200) {
            self.line("Could not boot: no more network devices\n");
            self.again(&script);
            return;
        }
        let bytes = script.bytes.unwrap_or_default();
        self.line(&format!("bootscript : {bytes} bytes [script]"));
        for stage in [Stage::Kernel, Stage::Initrd] {
            let Some(evidence) = self.boot.evidence(stage).cloned() else {
                break;
            };
            if let Some(request) = &evidence.request {
                let url = request.replacen("GET ", "", 1);
                self.download(&url, &evidence, evidence.ok);
            }
            self.again(&evidence);
        }
        if let Some(Next::Run { .. }) = self.boot.next
            && (!script.ok || self.boot.stages.iter().any(|it| !it.ok))
        {
            let seconds = self.boot.due.duration_since(script.at).as_secs().max(0);
            self.line(&format!(
                "Sleeping, to ask again (about {seconds} s after the last script)"
            ));
            self.again(&script);
        }
    }

    fn download(&mut self, url: &str, evidence: &Evidence, ok: bool) {
        let outcome = if ok { "ok" } else { ipxe_error(evidence) };
        self.line(&format!("{url}... {outcome}"));
    }

    /// The kernel's own start; false where nothing more is seen of it.
    fn kernel(&mut self) -> bool {
        let cmdline = self.boot.cmdline.clone().unwrap_or_default();
        if !told::argument(&cmdline, "console").is_some_and(|it| it.starts_with("ttyS0")) {
            return false;
        }
        let kernel = self.version();
        self.stamped(Stage::Initrd, 0.0, &format!(
            "Linux version {kernel} (mockbuild@iad1-prod-build001.bld.equ.rockylinux.org) (gcc (GCC) 11.5.0) #1 SMP PREEMPT_DYNAMIC"
        ));
        self.stamped(Stage::Initrd, 0.0, &format!("Command line: {cmdline}"));
        self.stamped(
            Stage::Initrd,
            0.0,
            "DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS edk2",
        );
        if self.boot.evidence(Stage::Initrd).is_some_and(|it| !it.ok) {
            self.stamped(
                Stage::Initrd,
                1.9,
                "VFS: Cannot open root device \"\" or unknown-block(0,0): error -6",
            );
            self.stamped(
                Stage::Initrd,
                1.9,
                "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
            );
            return false;
        }
        self.stamped(
            Stage::Initrd,
            1.2,
            "Trying to unpack rootfs image as initramfs...",
        );
        self.stamped(Stage::Initrd, 2.3, "Run /init as init process");
        self.stamped(Stage::Initrd, 2.5, "systemd[1]: Running in initrd.");
        self.line("Welcome to Rocky Linux 9.5 (Blue Onyx) dracut-057 (Initramfs)!");
        self.line(
            "         Starting dracut pre-udev hook...\n[  OK  ] Finished dracut pre-udev hook.",
        );
        true
    }

    fn version(&self) -> String {
        let image = self.boot.kernel.as_ref();
        let version = image.and_then(|image| image.kernel.clone());
        version.unwrap_or_else(|| KERNEL.to_owned())
    }

    /// Whether dracut ends before it has a network.
    fn gives_up(&mut self, rootfs: &Evidence) -> bool {
        if rootfs.what.contains("no root=") {
            self.line("dracut: FATAL: No or empty root= argument\ndracut: Refusing to continue");
            return true;
        }
        if rootfs.what.contains("without livenet") {
            let cmdline = self.boot.cmdline.as_deref().unwrap_or_default();
            let root = told::argument(cmdline, "root").unwrap_or_default();
            self.line(&format!(
                "dracut: FATAL: Don't know how to handle 'root={root}'\ndracut: Refusing to continue"
            ));
            return true;
        }
        if rootfs.what.contains("no module fits") {
            let version = self.version();
            self.stamped(Stage::Rootfs, 0.0, &format!(
                "systemd-modules-load[228]: Failed to find module 'virtio_net' in /lib/modules/{version}"
            ));
            self.emergency();
            return true;
        }
        false
    }

    /// dracut's part; false where it ended.
    fn root(&mut self) -> bool {
        let Some(rootfs) = self.boot.evidence(Stage::Rootfs).cloned() else {
            self.line("         Starting dracut initqueue hook...");
            return false;
        };
        if self.gives_up(&rootfs) {
            return false;
        }
        self.stamped(
            Stage::Rootfs,
            -2.0,
            "virtio_net virtio0 enp1s0: renamed from eth0",
        );
        self.line("         Starting dracut initqueue hook...");
        let url = rootfs
            .request
            .clone()
            .unwrap_or_default()
            .replacen("GET ", "", 1);
        match (rootfs.status, rootfs.ok) {
            (Some(200), true) => {
                let mib = rootfs.bytes.unwrap_or_default() >> 20;
                self.stamped(Stage::Rootfs, 0.0, &format!(
                    "dracut-initqueue[563]: 100  {mib}M  100  {mib}M    0     0   101M      0 --:--:--  {url}"
                ));
                self.line("[  OK  ] Finished dracut initqueue hook.\n[  OK  ] Mounted /sysroot.");
                self.line("[  OK  ] Reached target Switch Root.");
                true
            }
            (Some(200), false) if rootfs.what.contains("no space") => {
                self.curl(
                    "curl: (23) Failure writing output to destination: No space left on device",
                );
                false
            }
            (Some(200), false) => {
                self.line("[  OK  ] Reached target Switch Root.\n\nWelcome to Rocky Linux 9.5 (Blue Onyx)!");
                let version = self.version();
                self.line(&format!(
                    "[FAILED] Failed to start Load Kernel Modules.\nmodprobe: FATAL: Module virtio_net not found in directory /lib/modules/{version}"
                ));
                self.line("[FAILED] Failed to start Network Manager Wait Online.");
                false
            }
            (Some(status), _) => {
                self.curl(&format!(
                    "curl: (22) The requested URL returned error: {status}"
                ));
                false
            }
            (None, _) => {
                let why = rootfs.what.split_once(": ").map_or("", |(_, why)| why);
                self.curl(&format!("curl: (7) Failed to connect: {why} ({url})"));
                false
            }
        }
    }

    fn curl(&mut self, words: &str) {
        self.stamped(
            Stage::Rootfs,
            0.0,
            &format!("dracut-initqueue[563]: {words}"),
        );
        self.stamped(
            Stage::Rootfs,
            0.0,
            "dracut-initqueue[551]: Warning: failed to download live image: error 0",
        );
        self.emergency();
    }

    fn emergency(&mut self) {
        self.stamped(
            Stage::Rootfs,
            130.0,
            "dracut-initqueue[551]: Warning: dracut-initqueue: starting timeout scripts",
        );
        self.line("[FAILED] Failed to start dracut initqueue hook.");
        self.line("Warning: /dev/mapper/live-rw does not exist\n");
        self.line("Generating \"/run/initramfs/rdsosreport.txt\"\n\nEntering emergency mode. Exit the shell to continue.");
        self.line("Type \"journalctl\" to view system logs.\n\ndracut:/#");
    }

    /// The system of the image, and cloud-init in it.
    fn system(&mut self, inside: Option<&Inside>) {
        self.line("\nWelcome to Rocky Linux 9.5 (Blue Onyx)!\n");
        self.line("[  OK  ] Started Network Manager.\n[  OK  ] Reached target Network.");
        self.line("         Starting Initial cloud-init job (metadata service crawler)...");
        for stage in [
            Stage::MetaData,
            Stage::UserData,
            Stage::VendorData,
            Stage::Groups,
        ] {
            let Some(evidence) = self.boot.evidence(stage).cloned() else {
                break;
            };
            if !evidence.ok {
                self.complaint(&evidence);
            }
        }
        let Some(inside) = inside else { return };
        for line in &inside.lines {
            self.line(line);
        }
        self.line("[  OK  ] Reached target Cloud-init target.\n[  OK  ] Reached target Multi-User System.");
        let (version, name) = (self.version(), guest::hostname(inside).to_owned());
        self.line(&format!(
            "\nRocky Linux 9.5 (Blue Onyx)\nKernel {version} on an x86_64\n\n{name} login: "
        ));
    }

    fn complaint(&mut self, evidence: &Evidence) {
        let at = evidence.at.strftime("%Y-%m-%d %H:%M:%S,%3f").to_string();
        let url = evidence
            .request
            .clone()
            .unwrap_or_default()
            .replacen("GET ", "", 1);
        let why = match evidence.status {
            Some(status) => format!("bad status code {status}"),
            None => evidence.what.clone(),
        };
        let pid = "cloud-init[812]:";
        match evidence.stage {
            Stage::MetaData | Stage::UserData => {
                if !url.is_empty() {
                    self.line(&format!(
                        "{pid} {at} - url_helper.py[WARNING]: Calling '{url}' failed [{}/10]: {why}",
                        evidence.tries
                    ));
                }
                self.line(&format!(
                    "{pid} {at} - util.py[WARNING]: Getting data from <class 'cloudinit.sources.DataSourceNoCloud.DataSourceNoCloudNet'> failed"
                ));
            }
            _ => self.line(&format!(
                "{pid} {at} - util.py[WARNING]: Failed to fetch {url}: {why}"
            )),
        }
    }
}
