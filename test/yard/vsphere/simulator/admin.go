package main

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

type soapRule struct {
	Method      string  `json:"method"`
	Fault       string  `json:"fault"`
	Message     string  `json:"message"`
	Probability float64 `json:"probability"`
	Count       int     `json:"count"`
	Skip        int     `json:"skip"`
	DelayMs     int     `json:"delayMs"`
}

// admin is the plain HTTP port that tests steer by; it exists only in the yard.
func (i *injections) admin(service *simulator.Service, ctx *simulator.Context, hostMemoryMiB int64) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /faults", posted(func(rule soapRule) string {
		fault, known := faultNamed(rule.Fault)
		if !known {
			return "unknown fault " + rule.Fault
		}
		if rule.Probability == 0 {
			rule.Probability = 1
		}
		service.AddFaultRule(&simulator.FaultInjectionRule{MethodName: rule.Method, ObjectType: "*", ObjectName: "*",
			Probability: rule.Probability, FaultType: simulator.FaultTypeCustom, Fault: fault, Message: rule.Message,
			MaxCount: rule.Count, SkipCount: rule.Skip, Delay: rule.DelayMs, Enabled: true})
		return ""
	}))
	mux.HandleFunc("POST /task-faults", posted(func(rule taskRule) string {
		if _, known := faultNamed(rule.Fault); !known {
			return "unknown fault " + rule.Fault
		}
		i.Lock()
		defer i.Unlock()
		i.taskFaults = append(i.taskFaults, &rule)
		return ""
	}))
	for _, path := range []string{"POST /drop", "POST /status", "POST /delay"} {
		mux.HandleFunc(path, posted(i.addWireRule))
	}
	mux.HandleFunc("POST /clock", posted(func(clock struct {
		SkewMs int64 `json:"skewMs"`
	}) string {
		i.Lock()
		defer i.Unlock()
		i.clockSkew = time.Duration(clock.SkewMs) * time.Millisecond
		return ""
	}))
	mux.HandleFunc("POST /room", posted(func(room struct {
		Cluster string `json:"cluster"`
		FreeMiB int64  `json:"freeMiB"`
	}) string {
		if !setFree(ctx, room.Cluster, room.FreeMiB, hostMemoryMiB) {
			return "unknown cluster " + room.Cluster
		}
		return ""
	}))
	mux.HandleFunc("POST /space", posted(func(space struct {
		Datastore string `json:"datastore"`
		FreeMiB   int64  `json:"freeMiB"`
	}) string {
		return updateDatastore(ctx, space.Datastore, func(summary *types.DatastoreSummary) {
			summary.FreeSpace = summary.Capacity
			if space.FreeMiB >= 0 {
				summary.FreeSpace = space.FreeMiB << 20
			}
		})
	}))
	mux.HandleFunc("POST /datastore-maintenance", posted(func(place struct {
		Datastore     string `json:"datastore"`
		InMaintenance bool   `json:"inMaintenance"`
	}) string {
		return updateDatastore(ctx, place.Datastore, func(summary *types.DatastoreSummary) {
			summary.MaintenanceMode = string(types.DatastoreSummaryMaintenanceModeStateNormal)
			if place.InMaintenance {
				summary.MaintenanceMode = string(types.DatastoreSummaryMaintenanceModeStateInMaintenance)
			}
		})
	}))
	mux.HandleFunc("POST /rest-interface", posted(func(rest struct {
		Broken bool `json:"broken"`
	}) string {
		i.Lock()
		defer i.Unlock()
		i.restBroken = rest.Broken
		return ""
	}))
	mux.HandleFunc("POST /expire-sessions", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]int{"expired": i.expireSessions(ctx)})
	})
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		service.ClearFaultRules()
		i.Lock()
		defer i.Unlock()
		i.wireRules, i.taskFaults, i.clockSkew, i.restBroken, i.calls = nil, nil, 0, false, map[string]int{}
		answer(w, map[string]bool{"reset": true})
	})
	mux.HandleFunc("GET /calls", func(w http.ResponseWriter, _ *http.Request) {
		i.Lock()
		defer i.Unlock()
		answer(w, i.calls)
	})
	return mux
}

func (i *injections) addWireRule(rule wireRule) string {
	if rule.Status == 0 && rule.DelayMs == 0 && rule.Phase != "before" && rule.Phase != "after" {
		return "a rule has a status, a delay, or the phase before or after"
	}
	i.Lock()
	defer i.Unlock()
	i.wireRules = append(i.wireRules, &rule)
	return ""
}

func updateDatastore(ctx *simulator.Context, name string, change func(*types.DatastoreSummary)) string {
	for _, entity := range ctx.Map.All("Datastore") {
		datastore := entity.(*simulator.Datastore)
		if datastore.Name != name {
			continue
		}
		summary := datastore.Summary
		change(&summary)
		ctx.WithLock(datastore, func() {
			ctx.Update(datastore, []types.PropertyChange{{Name: "summary", Val: summary}})
		})
		return ""
	}
	return "unknown datastore " + name
}

func posted[T any](take func(T) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var value T
		if err := json.NewDecoder(r.Body).Decode(&value); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if refusal := take(value); refusal != "" {
			http.Error(w, refusal, http.StatusBadRequest)
			return
		}
		answer(w, map[string]bool{"accepted": true})
	}
}
