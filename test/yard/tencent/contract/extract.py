"""Makes the compact contract files of this folder out of the vendor's own API descriptions (tccli, Apache-2.0).

Usage: extract.py            (with the Python of an environment that has tccli; see ../vendor-clients.ts)
Keeps, for the actions named in actions.json, every reachable object with its members: name, type, whether a request must
carry it (`!`), whether an answer may leave it null (`?`) or always carries it (`+`). Texts are left out.
"""

import importlib.metadata
import json
from pathlib import Path

import tccli

HERE = Path(__file__).parent
SERVICES = Path(tccli.__file__).parent / "services"


def type_of(member):
    plain = member["member"]
    return "[" + plain if member["type"] == "list" else plain


def members_of(description):
    members = {}
    for member in description["members"]:
        mark = "!" if member.get("required") else ""
        if member.get("output_required"):
            mark += "+"
        if member.get("value_allowed_null"):
            mark += "?"
        members[member["name"]] = type_of(member) + mark
    return members


def reach(objects, name, found):
    if name in found or name not in objects:
        return
    found[name] = members_of(objects[name])
    for member in objects[name]["members"]:
        reach(objects, member["member"], found)


def extract(product, version, actions):
    folder = SERVICES / product / ("v" + version.replace("-", ""))
    api = json.loads((folder / "api.json").read_text(encoding="utf-8"))
    found = {}
    wanted = {}
    for action in sorted(actions):
        description = api["actions"][action]
        wanted[action] = [description["input"], description["output"]]
        reach(api["objects"], description["input"], found)
        reach(api["objects"], description["output"], found)
    lines = [json.dumps(name) + ":" + json.dumps(found[name], separators=(",", ":")) for name in sorted(found)]
    head = {"product": product, "version": version, "source": "tccli " + importlib.metadata.version("tccli")}
    return (
        json.dumps(head)[:-1]
        + ',\n"actions":'
        + json.dumps(wanted, separators=(",", ":"))
        + ',\n"objects":{\n'
        + ",\n".join(lines)
        + "\n}}\n"
    )


for product, versions in json.loads((HERE / "actions.json").read_text()).items():
    for version, actions in versions.items():
        (HERE / f"{product}.json").write_text(extract(product, version, actions), encoding="utf-8")
