"""Watches a vSphere endpoint through pyvmomi: one JSON line with every machine per poll, until stdin ends.

Usage: YARD_VSPHERE_PASSWORD=… python vsphere_watch.py --host H --port P --user U [--ca FILE] [--every SECONDS]
A list that could not be had whole is a line {"error": "..."}; the next one starts with a fresh session.
"""

import argparse
import json
import os
import ssl
import sys
import threading
import time

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

MARK = "springtide."
PATHS = ["config.template", "config.instanceUuid", "config.extraConfig", "runtime.powerState", "guest.ipAddress"]


def connect(arguments):
    trust = ssl.create_default_context(cafile=arguments.ca) if arguments.ca else ssl._create_unverified_context()
    return SmartConnect(
        host=arguments.host,
        port=arguments.port,
        user=arguments.user,
        pwd=os.environ["YARD_VSPHERE_PASSWORD"],
        sslContext=trust,
    )


def query(content, view):
    collector = vmodl.query.PropertyCollector
    traversal = collector.TraversalSpec(name="view", path="view", skip=False, type=type(view))
    objects = collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])
    properties = collector.PropertySpec(type=vim.VirtualMachine, pathSet=PATHS)
    return collector.FilterSpec(objectSet=[objects], propSet=[properties])


def machines(content):
    """One round trip per page, however many machines there are."""
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    try:
        collector = content.propertyCollector
        answer = collector.RetrievePropertiesEx([query(content, view)], vmodl.query.PropertyCollector.RetrieveOptions())
        while answer is not None:
            for found in answer.objects:
                yield found.obj, {item.name: item.val for item in found.propSet}
            answer = collector.ContinueRetrievePropertiesEx(answer.token) if answer.token else None
    finally:
        view.Destroy()


def describe(vm, values):
    options = values.get("config.extraConfig") or []
    # What people made by hand says its type in a mark of the yard's.
    by_hand = next((str(option.value) for option in options if option.key == "yard.machine-type"), "")
    marks = {option.key[len(MARK):]: str(option.value) for option in options if option.key.startswith(MARK)}
    return {
        "id": vm._moId,
        "machineType": marks.get("machine-type", by_hand),
        "address": values.get("guest.ipAddress") or "",
        "state": "running" if str(values.get("runtime.powerState")) == "poweredOn" else "stopped",
        "labels": marks,
        "template": bool(values.get("config.template")),
    }


def snapshot(content):
    found = [describe(vm, values) for vm, values in machines(content)]
    return [machine for machine in found if not machine.pop("template")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--ca")
    parser.add_argument("--every", type=float, default=0.3)
    arguments = parser.parse_args()
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    connection = None
    while True:
        try:
            connection = connection or connect(arguments)
            line = {"machines": snapshot(connection.RetrieveContent())}
        except Exception as problem:
            line = {"error": f"{type(problem).__name__}: {getattr(problem, 'msg', problem)}"}
            connection = None
        print(json.dumps(line), flush=True)
        time.sleep(arguments.every)


main()
