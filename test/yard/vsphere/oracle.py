"""Lists what the vSphere endpoint really holds, through another people's client (pyvmomi), as JSON on stdout.

Usage: YARD_VSPHERE_PASSWORD=… python oracle.py --host 127.0.0.1 --port 8989 --user yard@vsphere.local [--ca FILE]
       [--marked-only]; with --destroy NAME-OR-UUID or --create NAME it acts as a person in the vSphere client would.
"""

import argparse
import json
import os
import ssl
import time

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

MARK = "springtide."
GUEST = "guestinfo."


def entries(vm, prefix):
    """What the machine's extraConfig holds under the prefix."""
    return {
        option.key[len(prefix):]: str(option.value)
        for option in vm.config.extraConfig
        if option.key.startswith(prefix)
    }


def networks(vm):
    """Names of the networks its cards are in, by the cards' own backing."""
    names = []
    groups = {group.key: group.name for group in vm.runtime.host.network if hasattr(group, "key")}
    for device in vm.config.hardware.device:
        if not isinstance(device, vim.vm.device.VirtualEthernetCard):
            continue
        port = getattr(device.backing, "port", None)
        names.append(groups.get(port.portgroupKey, port.portgroupKey) if port else device.backing.deviceName)
    return names


def machines(content):
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    try:
        return list(view.view)
    finally:
        view.Destroy()


def describe(vm):
    host = vm.runtime.host
    return {
        "moref": vm._moId,
        "name": vm.name,
        "instanceUuid": vm.config.instanceUuid,
        "template": vm.config.template,
        "powerState": str(vm.runtime.powerState),
        "cluster": host.parent.name if host else None,
        "host": host.name if host else None,
        "folder": vm.parent.name if vm.parent else None,
        "cpus": vm.config.hardware.numCPU,
        "memoryMiB": vm.config.hardware.memoryMB,
        "address": (vm.guest.ipAddress or None) if vm.guest else None,
        "networks": networks(vm),
        "datastores": [datastore.name for datastore in vm.datastore],
        "datastoreIds": [datastore._moId for datastore in vm.datastore],
        "disks": [device.capacityInKB for device in vm.config.hardware.device if isinstance(device, vim.vm.device.VirtualDisk)],
        "guestinfo": entries(vm, GUEST),
        "marks": entries(vm, MARK),
    }


def connect(arguments):
    trust = ssl.create_default_context(cafile=arguments.ca) if arguments.ca else ssl._create_unverified_context()
    return SmartConnect(
        host=arguments.host,
        port=arguments.port,
        user=arguments.user,
        pwd=os.environ["YARD_VSPHERE_PASSWORD"],
        sslContext=trust,
    )


def finish(task):
    """pyVim.task.WaitForTask stumbles over the simulator's own task names while a task runs."""
    while task.info.state not in (vim.TaskInfo.State.success, vim.TaskInfo.State.error):
        time.sleep(0.02)
    if task.info.state == vim.TaskInfo.State.error:
        raise task.info.error


def named(content, name):
    """By name or by instance UUID."""
    return next(vm for vm in machines(content) if name in (vm.name, vm.config.instanceUuid))


def destroy(content, name):
    vm = named(content, name)
    if vm.runtime.powerState == "poweredOn":
        finish(vm.PowerOffVM_Task())
    finish(vm.Destroy_Task())


def create(content, name, template, machine_type):
    """A machine that carries none of our marks, in the datacenter's top folder."""
    datacenter = content.rootFolder.childEntity[0]
    cluster = datacenter.hostFolder.childEntity[0]
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(pool=cluster.resourcePool), powerOn=True)
    if machine_type:
        option = vim.option.OptionValue(key="yard.machine-type", value=machine_type)
        spec.config = vim.vm.ConfigSpec(extraConfig=[option])
    finish(named(content, template).CloneVM_Task(folder=datacenter.vmFolder, name=name, spec=spec))


def host_named(content, name):
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.HostSystem], True)
    try:
        return next(host for host in view.view if host.name == name)
    finally:
        view.Destroy()


def maintain(content, name, enter):
    host = host_named(content, name)
    finish(host.EnterMaintenanceMode_Task(0) if enter else host.ExitMaintenanceMode_Task(0))


def snapshot(content, machine, name):
    finish(named(content, machine).CreateSnapshot_Task(name, "by hand", False, False))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--ca")
    parser.add_argument("--marked-only", action="store_true")
    parser.add_argument("--destroy")
    parser.add_argument("--create")
    parser.add_argument("--machine-type")
    parser.add_argument("--enter-maintenance", help="name of a host")
    parser.add_argument("--exit-maintenance", help="name of a host")
    parser.add_argument("--snapshot", nargs=2, metavar=("MACHINE", "NAME"))
    parser.add_argument("--template", default="yard-template")
    arguments = parser.parse_args()
    connection = connect(arguments)
    try:
        content = connection.RetrieveContent()
        if arguments.destroy:
            destroy(content, arguments.destroy)
        if arguments.create:
            create(content, arguments.create, arguments.template, arguments.machine_type)
        for name in filter(None, (arguments.enter_maintenance, arguments.exit_maintenance)):
            maintain(content, name, name == arguments.enter_maintenance)
        if arguments.snapshot:
            snapshot(content, *arguments.snapshot)
        found = [describe(vm) for vm in machines(content)]
        print(json.dumps([vm for vm in found if vm["marks"] or not arguments.marked_only], indent=1))
    finally:
        Disconnect(connection)


main()
