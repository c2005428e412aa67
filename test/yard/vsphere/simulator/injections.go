package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

type dropRule struct {
	Method string `json:"method"`
	Count  int    `json:"count"`
	// Phase "before": the call is not executed. "after": it is executed and the answer is lost.
	Phase string `json:"phase"`
}

type taskRule struct {
	Method string `json:"method"`
	Count  int    `json:"count"`
	Fault  string `json:"fault"`
	// Leaves: the clone is made and then fails at power-on, so that a machine stays behind.
	Leaves bool `json:"leaves"`
}

// injections is everything that is not the simulator's own behaviour and can be switched while it runs.
type injections struct {
	sync.Mutex
	drops      []*dropRule
	taskFaults []*taskRule
	calls      map[string]int
	sessions   map[string]bool
	clockSkew  time.Duration
}

func newInjections() *injections {
	return &injections{calls: map[string]int{}, sessions: map[string]bool{}}
}

var faultByName = map[string]types.BaseMethodFault{
	"InsufficientResourcesFault":       &types.InsufficientResourcesFault{},
	"InsufficientMemoryResourcesFault": &types.InsufficientMemoryResourcesFault{},
	"InsufficientCpuResourcesFault":    &types.InsufficientCpuResourcesFault{},
	"InsufficientStorageSpace":         &types.InsufficientStorageSpace{},
	"NoDiskSpace":                      &types.NoDiskSpace{},
	"NoPermission":                     &types.NoPermission{PrivilegeId: "VirtualMachine.Inventory.CreateFromExisting"},
	"NotAuthenticated":                 &types.NotAuthenticated{},
	"NoCompatibleHost":                 &types.NoCompatibleHost{},
	"HostNotConnected":                 &types.HostNotConnected{},
	"ResourceInUse":                    &types.ResourceInUse{},
	"TaskInProgress":                   &types.TaskInProgress{},
	"InvalidState":                     &types.InvalidState{},
	"ConcurrentAccess":                 &types.ConcurrentAccess{},
	"FileLocked":                       &types.FileLocked{},
	"SystemError":                      &types.SystemError{Reason: "injected"},
}

func (i *injections) skew() time.Duration {
	i.Lock()
	defer i.Unlock()
	return i.clockSkew
}

func (i *injections) taskFault(method string) (types.BaseMethodFault, bool) {
	i.Lock()
	defer i.Unlock()
	for _, rule := range i.taskFaults {
		if rule.Method == method && rule.Count > 0 {
			rule.Count--
			return faultByName[rule.Fault], rule.Leaves
		}
	}
	return nil, false
}

func (i *injections) arrive(method string) *dropRule {
	i.Lock()
	defer i.Unlock()
	i.calls[method]++
	for _, rule := range i.drops {
		if rule.Method == method && rule.Count > 0 {
			rule.Count--
			return rule
		}
	}
	return nil
}

// wire counts calls, remembers sessions and cuts connections.
func (i *injections) wire(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/sdk" || r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if drop := i.arrive(soapMethod(string(body))); drop != nil {
			if drop.Phase == "after" {
				next.ServeHTTP(&lostAnswer{header: http.Header{}}, r)
			}
			cut(w)
			return
		}
		next.ServeHTTP(w, r)
		i.rememberSession(w.Header().Get("Set-Cookie"))
	})
}

func (i *injections) rememberSession(cookie string) {
	value, found := strings.CutPrefix(cookie, soap.SessionCookieName+"=")
	if !found {
		return
	}
	value, _, _ = strings.Cut(value, ";")
	i.Lock()
	defer i.Unlock()
	i.sessions[strings.Trim(value, "\"")] = true
}

func (i *injections) expireSessions(ctx *simulator.Context) int {
	i.Lock()
	defer i.Unlock()
	operator := *ctx
	operator.Session = &simulator.Session{}
	expired := 0
	for key := range i.sessions {
		request := &types.TerminateSession{SessionId: []string{key}}
		if ctx.Map.SessionManager().TerminateSession(&operator, request).Fault() == nil {
			expired++
		}
		delete(i.sessions, key)
	}
	return expired
}

func cut(w http.ResponseWriter) {
	if hijacker, ok := w.(http.Hijacker); ok {
		if connection, _, err := hijacker.Hijack(); err == nil {
			_ = connection.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

type lostAnswer struct{ header http.Header }

func (l *lostAnswer) Header() http.Header         { return l.header }
func (l *lostAnswer) Write(b []byte) (int, error) { return len(b), nil }
func (l *lostAnswer) WriteHeader(int)             {}

func soapMethod(envelope string) string {
	_, body, found := strings.Cut(envelope, "Body>")
	if !found {
		return "?"
	}
	_, tag, found := strings.Cut(body, "<")
	if !found {
		return "?"
	}
	if end := strings.IndexAny(tag, " />\n\t"); end >= 0 {
		tag = tag[:end]
	}
	if _, local, prefixed := strings.Cut(tag, ":"); prefixed {
		return local
	}
	return tag
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
