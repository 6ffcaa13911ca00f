"""What cloud-init left below a root: accounts, and all files that were written; run as /usr/bin/python3 -I."""
import base64
import json
import os
import stat
import sys


def table(path):
    with open(path) as lines:
        return [line.rstrip("\n").split(":") for line in lines]


# cloud-init's own records, this test's doing, and what Debian's tools write beside.
OTHERS = (
    "/var/", "/usr/", "/tmp/", "/run/", "/etc/ssh/", "/etc/sysconfig/network", "/etc/sysconfig/i18n", "/etc/cloud/", "/etc/default/", "/etc/sudoers\n", "/etc/passwd",
    "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/.pwd.lock", "/etc/login.defs", "/etc/localtime", "/etc/subuid", "/etc/subgid",
)
SKELETON = (".bashrc", ".profile", ".bash_logout")


def written(upper):
    for folder, _, names in os.walk(upper):
        for name in names:
            full = os.path.join(folder, name)
            path = full[len(upper):]
            if stat.S_ISREG(os.lstat(full).st_mode) and not (path + "\n").startswith(OTHERS) and name not in SKELETON:
                yield path, full


def main(root, upper):
    passwd, group = (table(os.path.join(root, "etc", name)) for name in ("passwd", "group"))
    users = {int(row[2]): row[0] for row in passwd}
    groups = {int(row[2]): row[0] for row in group}
    files = {}
    for path, full in written(upper):
        about = os.stat(full)
        if path == "/etc/fstab" and not about.st_size:
            continue
        with open(full, "rb") as content:
            files[path] = {
                "content": base64.b64encode(content.read()).decode(),
                "permissions": "%04o" % stat.S_IMODE(about.st_mode),
                "owner": users.get(about.st_uid, str(about.st_uid)),
                "group": groups.get(about.st_gid, str(about.st_gid)),
            }
    status = {}
    try:
        with open(os.path.join(root, "var/lib/cloud/data/result.json")) as result:
            status = json.load(result)["v1"]
    except OSError:
        pass
    locked = {row[0]: row[1].startswith("!") for row in table(os.path.join(root, "etc/shadow"))}
    homes = {row[0]: os.path.isdir(os.path.join(root, row[5].lstrip("/"))) for row in passwd}
    json.dump({"passwd": passwd, "group": group, "files": files, "result": status, "locked": locked, "homes": homes}, sys.stdout)


main(*sys.argv[1:])
