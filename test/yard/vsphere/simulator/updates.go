package main

import (
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The simulator's collector looks at everything below the view again for each change of anything, and takes everything
// for new when the view grows: with thousands of machines one change takes minutes. collector stands before it and
// hands it the changes of machines only, gathered, together with the narrow question which of these few are new.
// What an update set is, and what enters, changes and leaves, stays the simulator's own work.
type collector struct {
	*simulator.PropertyCollector
	pending   sync.Mutex
	order     []types.ManagedObjectReference
	changes   map[types.ManagedObjectReference]*gathered
	awake     chan struct{}
	cancelled chan struct{}
}

type gathered struct {
	object   mo.Reference
	entered  bool
	left     bool
	property []types.PropertyChange
}

// maker answers CreatePropertyCollector in the place of the session's own collector.
type maker struct{ self types.ManagedObjectReference }

func (m *maker) Reference() types.ManagedObjectReference { return m.self }

func (m *maker) CreatePropertyCollector(ctx *simulator.Context, _ *types.CreatePropertyCollector) soap.HasFault {
	made := &collector{PropertyCollector: &simulator.PropertyCollector{},
		changes: map[types.ManagedObjectReference]*gathered{},
		awake:   make(chan struct{}, 1), cancelled: make(chan struct{}, 1)}
	self := ctx.Session.Put(made.PropertyCollector).Reference()
	ctx.Session.Registry.Put(made)
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{Returnval: self}}
}

func (c *collector) note(object mo.Reference, ref types.ManagedObjectReference, change func(*gathered)) {
	if ref.Type != "VirtualMachine" {
		return
	}
	c.pending.Lock()
	defer c.pending.Unlock()
	known := c.changes[ref]
	if known == nil {
		known = &gathered{}
		c.changes[ref] = known
		c.order = append(c.order, ref)
	}
	if object != nil {
		known.object = object
	}
	change(known)
	wake(c.awake)
}

func (c *collector) PutObject(_ *simulator.Context, object mo.Reference) {
	c.note(object, object.Reference(), func(g *gathered) { g.entered, g.left = true, false })
}

func (c *collector) UpdateObject(_ *simulator.Context, object mo.Reference, changes []types.PropertyChange) {
	c.note(object, object.Reference(), func(g *gathered) { g.property = append(g.property, changes...) })
}

func (c *collector) RemoveObject(_ *simulator.Context, ref types.ManagedObjectReference) {
	c.note(nil, ref, func(g *gathered) { g.left = true })
}

func (c *collector) CancelWaitForUpdates(*types.CancelWaitForUpdates) soap.HasFault {
	wake(c.cancelled)
	return &methods.CancelWaitForUpdatesBody{Res: new(types.CancelWaitForUpdatesResponse)}
}

func (c *collector) WaitForUpdatesEx(ctx *simulator.Context, req *types.WaitForUpdatesEx) soap.HasFault {
	if !c.followsMachines(ctx) {
		return c.PropertyCollector.WaitForUpdatesEx(ctx, req)
	}
	if req.Version == "" {
		ctx.Map.AddHandler(c)
		body := c.PropertyCollector.WaitForUpdatesEx(ctx, req)
		ctx.Map.AddHandler(c) // in the place of the simulator's, which has just been registered under the same name
		return body
	}
	var end <-chan time.Time
	seconds := int32(-1)
	if req.Options != nil && req.Options.MaxWaitSeconds != nil {
		seconds = *req.Options.MaxWaitSeconds
		end = time.After(time.Duration(seconds) * time.Second)
	}
	once := *req
	once.Options = &types.WaitOptions{MaxWaitSeconds: types.NewInt32(0)}
	if req.Options != nil {
		once.Options.MaxObjectUpdates = req.Options.MaxObjectUpdates
	}
	for {
		c.handOver(ctx)
		body := c.PropertyCollector.WaitForUpdatesEx(ctx, &once).(*methods.WaitForUpdatesExBody)
		if body.Fault_ != nil || body.Res.Returnval != nil || seconds == 0 {
			return body
		}
		select {
		case <-c.awake:
			time.Sleep(20 * time.Millisecond)
		case <-end:
			return body
		case <-c.cancelled:
			body.Res, body.Fault_ = nil, simulator.Fault("", new(types.RequestCanceled))
			return body
		}
	}
}

// handOver narrows the filters to what has changed and tells the simulator of each of these once.
func (c *collector) handOver(ctx *simulator.Context) {
	c.pending.Lock()
	order, changes := c.order, c.changes
	c.order, c.changes = nil, map[types.ManagedObjectReference]*gathered{}
	c.pending.Unlock()
	narrow := []types.ObjectSpec{}
	for _, ref := range order {
		if !changes[ref].left {
			narrow = append(narrow, types.ObjectSpec{Obj: ref, Skip: types.NewBool(false)})
		}
	}
	for _, filter := range c.Filter {
		ctx.Session.Get(filter).(*simulator.PropertyFilter).Spec.ObjectSet = narrow
	}
	for _, ref := range order {
		switch change := changes[ref]; {
		case change.left:
			c.PropertyCollector.RemoveObject(ctx, ref)
		case change.entered:
			c.PropertyCollector.PutObject(ctx, change.object)
			fallthrough
		default:
			if len(change.property) > 0 {
				c.PropertyCollector.UpdateObject(ctx, change.object, change.property)
			}
		}
	}
}

func (c *collector) followsMachines(ctx *simulator.Context) bool {
	for _, ref := range c.Filter {
		filter, ok := ctx.Session.Get(ref).(*simulator.PropertyFilter)
		if !ok {
			return false
		}
		for _, wish := range filter.Spec.PropSet {
			if wish.Type != "VirtualMachine" {
				return false
			}
		}
	}
	return len(c.Filter) == 1
}

func wake(sleeper chan struct{}) {
	select {
	case sleeper <- struct{}{}:
	default:
	}
}
