"""Asks ClusterShell, one question and one answer per line, as JSON.

    {"sources": {"local": {"io": "n[1-3]"}, …}}           groups by source; the first is the default one
    {"expand": TEXT}                                      → {"names": […], "boxes": N}
    {"fold": [NAME, …], "axis": TEXT, "autostep": N}      → {"text": TEXT}

What ClusterShell refuses is answered {"refused": WHY}. `boxes` is how many words the folded set has beyond one for each
sort of name: none, and the order of the names is that of their numbers alone.
"""
import json
import sys

import ClusterShell
from ClusterShell.CLI.Utils import parse_fold_axis
from ClusterShell.NodeSet import NodeSet, NodeSetException, RESOLVER_NOGROUP
from ClusterShell.NodeUtils import GroupResolver, GroupResolverError, GroupSource

ILLEGAL = set("@,!&^*")
resolver = None


def sources(groups):
    global resolver
    made = [GroupSource(name, content) for name, content in groups.items()]
    resolver = GroupResolver(made[0], illegal_chars=ILLEGAL)
    for source in made[1:]:
        resolver.add_source(source)
    return {"version": ClusterShell.__version__}


def expand(text):
    names = NodeSet(text, resolver=resolver)
    vectors = [len(ranges.veclist) for ranges in names._patterns.values() if ranges and ranges.dim() > 1]
    return {"names": list(names), "boxes": sum(vectors) - len(vectors)}


def fold(names, axis, autostep):
    folded = NodeSet._fromlist1(names, autostep=autostep, resolver=RESOLVER_NOGROUP)
    if axis:
        folded.fold_axis = parse_fold_axis(axis)
    return {"text": str(folded)}


def answer(question):
    try:
        if "sources" in question:
            return sources(question["sources"])
        if "expand" in question:
            return expand(question["expand"])
        return fold(question["fold"], question.get("axis"), question.get("autostep"))
    except (NodeSetException, GroupResolverError, AssertionError, ValueError) as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
