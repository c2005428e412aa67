"""Prints the error codes that the vendor's SDK knows, by product and version, as `{"cvm 2017-03-12": [...]}`.

Usage: error-codes.py --endpoint URL      (the address is not asked; every script of this folder takes it)
"""

import importlib
import json
from pathlib import Path

ACTIONS = json.loads((Path(__file__).parent.parent / "contract" / "actions.json").read_text(encoding="utf-8"))


def codes_of(product, version):
    module = importlib.import_module(f"tencentcloud.{product}.v{version.replace('-', '')}.errorcodes")
    return sorted(value for name, value in vars(module).items() if name.isupper())


found = {f"{p} {version}": codes_of(p, version) for p, versions in ACTIONS.items() for version in versions}
print(json.dumps(found))
