#!/bin/bash
# cloud-init's own client as node 1, in namespaces of its own: `unshare --mount --uts --net --pid --fork` runs this.
#
#   witness.sh ROOM CHAMI LUA
#
# ROOM/base holds what the node's image has (passwd, group, shadow, gshadow, cloud.cfg, cmdline); ROOM/cases one folder a
# case with the groups' texts. For each case the lab is set up by LUA, the client runs in a copy of this machine's files
# of which nothing is written back, and what it left is put into ROOM/cases/NAME/left.json, beside what it was served.
set -euo pipefail
room=$1 chami=$2 lua=$3
mount --make-rprivate /
ip link set lo up
ip address add 172.16.0.254/24 dev lo
ip address add 172.16.0.1/32 dev lo
# Whoever asks the head node asks as node 1.
ip route replace local 172.16.0.254 dev lo table local src 172.16.0.1

mkdir -p "$room/run" "$room/home"
export HOME=$room/home XDG_STATE_HOME=$room/home/state XDG_RUNTIME_DIR=$room/run NO_COLOR=1
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
"$chami" lab serve --listen 172.16.0.254 --http 8081 --https 0 >"$room/lab.out" 2>"$room/lab.err" &
for _ in $(seq 200); do grep -q '^state ' "$room/lab.out" && break; sleep 0.05; done

layers=$room/layers
mkdir -p "$layers" && mount -t tmpfs layers "$layers"

for case in "$room"/cases/*/; do
  case=${case%/} name=$(basename "$case") served=$case/served
  "$chami" "$lua" "$case" >"$case/lab.txt" 2>&1 || { cat "$case/lab.txt" >&2; exit 1; }
  mkdir -p "$served"
  for what in meta-data user-data vendor-data; do
    curl --silent --show-error --fail --noproxy '*' -o "$served/$what" "http://172.16.0.254:8081/cloud-init/$what"
  done
  at=0
  grep '^http' "$served/vendor-data" >"$served/addresses" || true
  while read -r address; do
    curl --silent --show-error --fail --noproxy '*' -o "$served/part-$at" "$address"
    at=$((at + 1))
  done <"$served/addresses"

  root=$layers/$name/root
  mkdir -p "$layers/$name/upper" "$layers/$name/work" "$root"
  mount -t overlay node -o "lowerdir=/,upperdir=$layers/$name/upper,workdir=$layers/$name/work" "$root"
  mount -t proc proc "$root/proc"
  # What a case may say must not reach the kernel of this machine.
  mount --bind "$root/proc/sys" "$root/proc/sys" && mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs run "$root/run"
  mount -t tmpfs tmp "$root/tmp"
  # A node's own, not this machine's.
  rm -rf "$root"/var/lib/cloud "$root"/etc/cloud/cloud.cfg.d/* "$root"/home/* "$root/root"/.ssh "$root"/etc/sudoers.d/* \
    "$root"/var/log/cloud-init* "$root"/var/spool/mail/* "$root"/etc/fstab "$root"/etc/profile.d/cloud* \
    "$root"/etc/sysconfig "$root"/etc/hostname
  touch "$root/etc/fstab"
  cp "$room/base/cloud.cfg" "$root/etc/cloud/cloud.cfg"
  for table in passwd group shadow gshadow; do
    rm -f "$root/etc/$table-"
    cat "$room/base/$table" >"$root/etc/$table"
  done
  # Warnings go to the console, all else into the log.
  cp /etc/cloud/cloud.cfg.d/05_logging.cfg "$root/etc/cloud/cloud.cfg.d/"
  rm -f "$root/etc/subuid" "$root/etc/subgid"
  printf 'SHELL=/bin/bash\n' >"$root/etc/default/useradd"
  for program in chronyd service systemctl sysctl modprobe swapoff swapon exportfs reboot shutdown rpm dnf; do
    rm -f "$root/usr/bin/$program" "$root/usr/sbin/$program"
    printf '#!/bin/sh\nexit 0\n' >"$root/usr/sbin/$program"
    chmod 755 "$root/usr/sbin/$program"
  done
  printf 'SYS_UID_MIN 201\nSYS_GID_MIN 201\n' >>"$root/etc/login.defs"
  hostname localhost
  {
    for stage in "init --local" "init" "modules --mode config" "modules --mode final"; do
      # shellcheck disable=SC2086 # the stage is words
      chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        DEBUG_PROC_CMDLINE="$(cat "$room/base/cmdline")" \
        /usr/bin/cloud-init $stage || echo "stage $stage: $?"
    done
  } >"$case/console.txt" 2>&1 </dev/null
  cp "$root/var/log/cloud-init.log" "$case/" 2>/dev/null || true
  hostname >"$case/hostname"
  /usr/bin/python3 -I "$(dirname "$0")/witness.py" "$root" "$layers/$name/upper" >"$case/left.json"
done
