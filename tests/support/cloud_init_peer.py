"""Asks cloud-init's own code; run as /usr/bin/python3 -I. Reads one JSON document, writes one.

{"render": [{"template", "instance"}], "merge": [[text, ...]], "instance": [meta-data]}
"""
import contextlib
import io
import json
import logging
import os
import sys
import tempfile
from argparse import Namespace

from cloudinit import handlers, util
from cloudinit.cmd.devel import render
from cloudinit.handlers.cloud_config import CloudConfigPartHandler
from cloudinit.helpers import Paths
from cloudinit.sources.DataSourceNoCloud import DataSourceNoCloudNet


def rendered(case, folder):
    template, instance = os.path.join(folder, "template"), os.path.join(folder, "instance.json")
    with open(template, "w", newline="") as out:
        out.write(case["template"])
    with open(instance, "w") as out:
        json.dump(case["instance"], out)
    text, told = io.StringIO(), io.StringIO()
    logging.getLogger().handlers.clear()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(told):
        try:
            status = render.handle_args("render", Namespace(user_data=template, instance_data=instance, debug=False))
        except Exception as error:
            return {"error": "%s: %s" % (type(error).__name__, error)}
    return {"error": told.getvalue()} if status else {"text": text.getvalue()}


def merged(parts, folder):
    handler = CloudConfigPartHandler(Paths({"cloud_dir": folder, "run_dir": folder}))
    taken = []
    told = io.StringIO()
    logging.getLogger().handlers.clear()
    with contextlib.redirect_stderr(told):
        handler.handle_part(None, handlers.CONTENT_START, None, None, None, {})
        for at, text in enumerate(parts):
            before = len(handler.file_names)
            handler.handle_part(None, "text/cloud-config", "part-%d" % at, text, None, {})
            taken.append(len(handler.file_names) > before)
    return {"config": handler.cloud_buf, "taken": taken}


def derived(meta_data):
    source = DataSourceNoCloudNet({}, None, Paths({}))
    given = {"seedfrom": "http://head/", "dsmode": "net"}
    source.metadata = util.mergemanydict([given, meta_data, {"instance-id": "nocloud", "dsmode": "net"}])
    source.seed = "cmdline,http://head/"
    source._platform_type = "nocloud"
    dist = ("rocky", "9.4", "Blue Onyx")
    info = {"dist": dist, "python": "3.9", "uname": ["Linux", "n", "5.14", "v", "x86_64", ""], "platform": "p", "variant": "rocky"}
    return {"ds": {"meta_data": source.metadata}, **source._get_standardized_metadata({"sys_info": info})}


def plain(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def main():
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        told = {
            "render": [rendered(case, folder) for case in asked.get("render", [])],
            "merge": [merged(parts, folder) for parts in asked.get("merge", [])],
            "instance": [derived(meta_data) for meta_data in asked.get("instance", [])],
        }
    json.dump(told, sys.stdout, default=plain)


main()
