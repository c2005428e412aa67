package main

import (
	"sort"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// admit sends every clone and power-on through an admission desk. method.This is changed too, because a session
// that knows the object would take the call back. The desk is in no registry: lookups stumble over what is no machine.
func admit(ctx *simulator.Context, injected *injections, o options) {
	room := &room{overcommit: o.overcommit, cloneDelay: o.cloneDelay}
	ctx.Map.Handler = func(c *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
		switch method.Body.(type) {
		case *types.PowerOnVM_Task, *types.CloneVM_Task:
			vm, ok := c.Map.Get(method.This).(*simulator.VirtualMachine)
			if !ok || (vm.Config.Template && method.Name == "PowerOnVM_Task") {
				return nil, nil
			}
			desk := &desk{types.ManagedObjectReference{Type: "YardDesk", Value: vm.Self.Value}, vm, room, injected}
			method.This = desk.self
			return desk, nil
		case *types.CreatePropertyCollector:
			maker := &maker{types.ManagedObjectReference{Type: "YardMaker", Value: "collectors"}}
			method.This = maker.self
			return maker, nil
		case *types.CurrentTime:
			if skew := injected.skew(); skew != 0 {
				clock := &skewedClock{types.ManagedObjectReference{Type: "YardClock", Value: "clock"}, skew}
				method.This = clock.self
				return clock, nil
			}
		}
		return nil, nil
	}
}

// room is the memory of the clusters. The lock spans check and power-on, so that two requests never share the last place.
type room struct {
	sync.Mutex
	overcommit float64
	cloneDelay time.Duration
}

func (r *room) full(registry *simulator.Registry, host types.ManagedObjectReference, wantMiB int64) bool {
	cluster := *registry.Get(host).(*simulator.HostSystem).Parent
	var have, used int64
	for _, entity := range registry.All("HostSystem") {
		peer := entity.(*simulator.HostSystem)
		if *peer.Parent == cluster && !peer.Runtime.InMaintenanceMode {
			have += peer.Summary.Hardware.MemorySize >> 20
			used += usedMiB(registry, peer.Self)
		}
	}
	return float64(used+wantMiB) > float64(have)*r.overcommit
}

// desk stands in for one machine: it admits, then lets the machine do the work inside its own task, so that a refusal
// looks as on a vCenter: the task is created, then info.state is error.
type desk struct {
	self     types.ManagedObjectReference
	vm       *simulator.VirtualMachine
	room     *room
	injected *injections
}

func (d *desk) Reference() types.ManagedObjectReference { return d.self }

func (d *desk) CloneVMTask(ctx *simulator.Context, req *types.CloneVM_Task) soap.HasFault {
	task := simulator.CreateTask(d.vm, "cloneVm", func(t *simulator.Task) (types.AnyType, types.BaseMethodFault) {
		time.Sleep(d.room.cloneDelay)
		d.room.Lock()
		defer d.room.Unlock()
		fault, leaves := d.injected.taskFault("CloneVM_Task")
		if fault == nil && req.Spec.PowerOn && !d.nameTaken(ctx, req) && d.room.full(ctx.Map, d.host(req), d.memory(req)) {
			fault = &types.InsufficientMemoryResourcesFault{Requested: d.memory(req) << 20}
		}
		if fault != nil && !leaves {
			return nil, fault
		}
		if fault != nil {
			req.Spec.PowerOn = false
		}
		body := d.vm.CloneVMTask(ctx, req)
		if body.Fault() != nil {
			return nil, body.Fault().VimFault().(types.BaseMethodFault)
		}
		inner := ctx.Map.Get(body.(*methods.CloneVM_TaskBody).Res.Returnval).(*simulator.Task)
		inner.Wait()
		if inner.Info.Error != nil {
			return nil, inner.Info.Error.Fault
		}
		return inner.Info.Result, fault
	})
	task.Info.Name, task.Info.DescriptionId = "CloneVM_Task", "VirtualMachine.clone"
	return &methods.CloneVM_TaskBody{Res: &types.CloneVM_TaskResponse{Returnval: task.Run(ctx)}}
}

func (d *desk) PowerOnVMTask(ctx *simulator.Context, req *types.PowerOnVM_Task) soap.HasFault {
	task := simulator.CreateTask(d.vm, "powerOn", func(t *simulator.Task) (types.AnyType, types.BaseMethodFault) {
		d.room.Lock()
		defer d.room.Unlock()
		if fault, _ := d.injected.taskFault("PowerOnVM_Task"); fault != nil {
			return nil, fault
		}
		want := int64(d.vm.Summary.Config.MemorySizeMB)
		on := d.vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
		if !on && d.room.full(ctx.Map, *d.vm.Runtime.Host, want) {
			return nil, &types.InsufficientMemoryResourcesFault{Requested: want << 20}
		}
		body := d.vm.PowerOnVMTask(ctx, req)
		if body.Fault() != nil {
			return nil, body.Fault().VimFault().(types.BaseMethodFault)
		}
		inner := ctx.Map.Get(body.(*methods.PowerOnVM_TaskBody).Res.Returnval).(*simulator.Task)
		inner.Wait()
		if inner.Info.Error != nil {
			return nil, inner.Info.Error.Fault
		}
		return nil, nil
	})
	task.Info.Name, task.Info.DescriptionId = "PowerOnVM_Task", "VirtualMachine.powerOn"
	return &methods.PowerOnVM_TaskBody{Res: &types.PowerOnVM_TaskResponse{Returnval: task.Run(ctx)}}
}

func (d *desk) nameTaken(ctx *simulator.Context, req *types.CloneVM_Task) bool {
	folder, ok := ctx.Map.Get(req.Folder).(*simulator.Folder)
	return ok && ctx.Map.FindByName(req.Name, folder.ChildEntity) != nil
}

func (d *desk) host(req *types.CloneVM_Task) types.ManagedObjectReference {
	if req.Spec.Location.Host != nil {
		return *req.Spec.Location.Host
	}
	return *d.vm.Runtime.Host
}

func (d *desk) memory(req *types.CloneVM_Task) int64 {
	if req.Spec.Config != nil && req.Spec.Config.MemoryMB > 0 {
		return req.Spec.Config.MemoryMB
	}
	return int64(d.vm.Summary.Config.MemorySizeMB)
}

type skewedClock struct {
	self types.ManagedObjectReference
	skew time.Duration
}

func (c *skewedClock) Reference() types.ManagedObjectReference { return c.self }

func (c *skewedClock) CurrentTime(*simulator.Context, *types.CurrentTime) soap.HasFault {
	return &methods.CurrentTimeBody{Res: &types.CurrentTimeResponse{Returnval: time.Now().Add(c.skew)}}
}

// setFree leaves exactly so much free memory in a cluster, all of it on its first host, by resizing the hosts:
// what a cluster looks like when other people have taken the rest. A negative number gives the hosts their own size back.
func setFree(ctx *simulator.Context, cluster string, freeMiB, ownMiB int64) bool {
	known := false
	hosts := ctx.Map.All("HostSystem")
	sort.Slice(hosts, func(a, b int) bool { return hosts[a].Entity().Name < hosts[b].Entity().Name })
	for _, entity := range hosts {
		host := entity.(*simulator.HostSystem)
		if ctx.Map.Get(*host.Parent).(mo.Entity).Entity().Name != cluster {
			continue
		}
		memory := ownMiB
		if freeMiB >= 0 {
			memory = usedMiB(ctx.Map, host.Self)
			if !known {
				memory += freeMiB
			}
		}
		known = true
		hardware := *host.Summary.Hardware
		hardware.MemorySize = memory << 20
		ctx.WithLock(host, func() {
			ctx.Update(host, []types.PropertyChange{{Name: "summary.hardware", Val: &hardware}})
		})
	}
	return known
}

func usedMiB(registry *simulator.Registry, host types.ManagedObjectReference) int64 {
	var used int64
	for _, entity := range registry.All("VirtualMachine") {
		vm := entity.(*simulator.VirtualMachine)
		if *vm.Runtime.Host == host && vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			used += int64(vm.Summary.Config.MemorySizeMB)
		}
	}
	return used
}
