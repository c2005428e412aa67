package main

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// guests plays the guest tools: a machine that is powered on reports an address after the boot delay,
// one that is powered off reports none.
type guests struct {
	next      uint32
	addresses netip.Prefix
	bootDelay time.Duration
	poweredOn map[types.ManagedObjectReference]time.Time
}

func newGuests(cidr string, bootDelay time.Duration) (*guests, error) {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil, err
	}
	first := prefix.Masked().Addr().As4()
	return &guests{next: binary.BigEndian.Uint32(first[:]), addresses: prefix.Masked(), bootDelay: bootDelay,
		poweredOn: map[types.ManagedObjectReference]time.Time{}}, nil
}

func (g *guests) play(ctx *simulator.Context) {
	for range time.Tick(50 * time.Millisecond) {
		present := map[types.ManagedObjectReference]bool{}
		for _, entity := range ctx.Map.All("VirtualMachine") {
			vm := entity.(*simulator.VirtualMachine)
			present[vm.Self] = true
			ctx.WithLock(vm, func() { g.visit(ctx, vm) })
		}
		for self := range g.poweredOn {
			if !present[self] {
				delete(g.poweredOn, self)
			}
		}
	}
}

func (g *guests) visit(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	since, known := g.poweredOn[vm.Self]
	if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		if known {
			delete(g.poweredOn, vm.Self)
			report(ctx, vm, "", "guestToolsNotRunning")
		}
		return
	}
	if !known {
		g.poweredOn[vm.Self] = time.Now()
		return
	}
	if vm.Guest == nil || vm.Guest.IpAddress != "" || time.Since(since) < g.bootDelay {
		return
	}
	report(ctx, vm, g.take(), "guestToolsRunning")
}

// take hands out addresses in order, so that a released one rests as long as possible; .0 and .255 are left out.
func (g *guests) take() string {
	for {
		g.next++
		var bytes [4]byte
		binary.BigEndian.PutUint32(bytes[:], g.next)
		address := netip.AddrFrom4(bytes)
		if !g.addresses.Contains(address) {
			first := g.addresses.Addr().As4()
			g.next = binary.BigEndian.Uint32(first[:])
			continue
		}
		if bytes[3] != 0 && bytes[3] != 255 {
			return address.String()
		}
	}
}

func report(ctx *simulator.Context, vm *simulator.VirtualMachine, address, tools string) {
	ctx.Update(vm, []types.PropertyChange{
		{Name: "guest.ipAddress", Val: address}, {Name: "summary.guest.ipAddress", Val: address},
		{Name: "guest.toolsRunningStatus", Val: tools},
	})
}
