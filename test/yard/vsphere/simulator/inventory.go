package main

import (
	"fmt"
	"sort"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// dressInventory gives the model its version, host sizes, session timeout and the template to clone from.
func dressInventory(ctx *simulator.Context, o options) {
	ctx.Map.OptionManager().UpdateOptions(&types.UpdateOptions{ChangedValue: []types.BaseOptionValue{
		&types.OptionValue{Key: "config.vmacore.soap.sessionTimeout", Value: o.sessionTimeout.String()}}})
	ctx.Map.AddHandler(&mandatoryFields{types.ManagedObjectReference{Type: "YardMandatoryFields", Value: "fields"}})
	instance := ctx.Map.Get(types.ManagedObjectReference{Type: "ServiceInstance", Value: "ServiceInstance"})
	about := &instance.(*simulator.ServiceInstance).Content.About
	about.ApiVersion, about.Version = o.version+".0", o.version
	about.FullName = fmt.Sprintf("VMware vCenter Server %s build-yard", o.version)
	for _, entity := range ctx.Map.All("HostSystem") {
		host := entity.(*simulator.HostSystem)
		hardware := *host.Summary.Hardware
		hardware.MemorySize = o.hostMemoryMiB << 20
		hardware.NumCpuCores, hardware.NumCpuThreads = int16(o.hostCores), int16(2*o.hostCores)
		host.Summary.Hardware = &hardware
	}
	machines := ctx.Map.All("VirtualMachine")
	for _, entity := range machines {
		(&mandatoryFields{}).PutObject(ctx, entity.(*simulator.VirtualMachine))
	}
	sort.Slice(machines, func(a, b int) bool { return machines[a].Entity().Name < machines[b].Entity().Name })
	if len(machines) > 0 {
		makeTemplate(ctx, machines[0].(*simulator.VirtualMachine), o)
	}
}

func makeTemplate(ctx *simulator.Context, vm *simulator.VirtualMachine, o options) {
	ctx.WithLock(vm, func() { vm.PowerOffVMTask(ctx, &types.PowerOffVM_Task{This: vm.Self}) })
	for i := 0; i < 100 && vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOff; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	ctx.WithLock(vm, func() {
		ctx.Update(vm, []types.PropertyChange{
			{Name: "name", Val: o.template}, {Name: "config.name", Val: o.template},
			{Name: "summary.config.name", Val: o.template}})
		vm.MarkAsTemplate(&types.MarkAsTemplate{This: vm.Self})
		vm.Config.Hardware.MemoryMB, vm.Summary.Config.MemorySizeMB = int32(o.templateMemoryMiB), int32(o.templateMemoryMiB)
		vm.Config.Hardware.NumCPU, vm.Summary.Config.NumCpu = int32(o.templateCPUs), int32(o.templateCPUs)
	})
}

// mandatoryFields fills two enumerations that the schema demands and the simulator leaves empty: pyvmomi refuses "".
type mandatoryFields struct{ self types.ManagedObjectReference }

func (f *mandatoryFields) Reference() types.ManagedObjectReference { return f.self }

func (f *mandatoryFields) PutObject(_ *simulator.Context, object mo.Reference) {
	vm, ok := object.(*simulator.VirtualMachine)
	if !ok || vm.Runtime.FaultToleranceState != "" {
		return
	}
	vm.Runtime.FaultToleranceState = types.VirtualMachineFaultToleranceStateNotConfigured
	vm.Summary.Runtime.FaultToleranceState = types.VirtualMachineFaultToleranceStateNotConfigured
	vm.Runtime.RecordReplayState = types.VirtualMachineRecordReplayStateInactive
	vm.Summary.Runtime.RecordReplayState = types.VirtualMachineRecordReplayStateInactive
}

func (f *mandatoryFields) UpdateObject(*simulator.Context, mo.Reference, []types.PropertyChange) {}

// RemoveObject takes a destroyed template out of its pool: the simulator forgets the pool when it marks a template, and
// would name the template for ever to whoever lists the pool.
func (f *mandatoryFields) RemoveObject(ctx *simulator.Context, gone types.ManagedObjectReference) {
	if gone.Type != "VirtualMachine" {
		return
	}
	for _, entity := range ctx.Map.All("ResourcePool") {
		if pool, ok := entity.(*simulator.ResourcePool); ok {
			ctx.WithLock(pool, func() { ctx.Map.RemoveReference(ctx, pool, &pool.Vm, gone) })
		}
	}
}
