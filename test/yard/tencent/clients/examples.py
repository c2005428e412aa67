"""Prints the vendor's own examples of the actions that are simulated, as they come with tccli.

Usage: examples.py --endpoint URL      (the address is not asked; every script of this folder takes it)
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import tccli

ACTIONS = json.loads((Path(__file__).parent.parent / "contract" / "actions.json").read_text(encoding="utf-8"))
SERVICES = Path(tccli.__file__).parent / "services"
COMMON = ("Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "Token")


def query_of(text):
    """`https://clb.tencentcloudapi.com/?Action=…&LoadBalancerId=lb-1&<公共请求参数>`, over several lines."""
    line = "".join(part.strip() for part in text.split("\n"))
    pairs = urlsplit(line).query.split("&")
    return "&".join(p for p in pairs if "=" in p and p.split("=")[0] not in COMMON)


def example_of(product, version, action, example):
    text = example["input"]
    posted = text.lstrip().startswith("POST")
    body = re.search(r"\{.*\}", text, re.DOTALL) if posted else None
    return {
        "product": product,
        "version": version,
        "action": action,
        "title": example["title"],
        "query": None if posted else query_of(text),
        "params": json.loads(body.group(0)) if body else {},
        "answer": json.loads(example["output"])["Response"],
    }


found = []
for product, versions in ACTIONS.items():
    for version, actions in versions.items():
        path = SERVICES / product / ("v" + version.replace("-", "")) / "examples.json"
        examples = json.loads(path.read_text(encoding="utf-8"))["actions"]
        for action in actions:
            found += [example_of(product, version, action, example) for example in examples.get(action, [])]
print(json.dumps(found))
