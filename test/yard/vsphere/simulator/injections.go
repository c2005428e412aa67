package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// wireRule changes what a caller sees of a call, not what the call does.
type wireRule struct {
	Method string `json:"method"`
	Count  int    `json:"count"`
	// Phase "before": the connection is cut and the call is not executed. "after": it is executed, then cut.
	Phase string `json:"phase"`
	// Status: answered with it instead of being executed.
	Status int `json:"status"`
	// DelayMs: executed, and answered so much later.
	DelayMs int `json:"delayMs"`
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
	wireRules  []*wireRule
	taskFaults []*taskRule
	calls      map[string]int
	sessions   map[string]bool
	clockSkew  time.Duration
	restBroken bool
}

func newInjections() *injections {
	return &injections{calls: map[string]int{}, sessions: map[string]bool{}}
}

// faultsWithFacts are those that say nothing without their fields.
var faultsWithFacts = map[string]types.BaseMethodFault{
	"NoPermission":    &types.NoPermission{PrivilegeId: "VirtualMachine.Inventory.CreateFromExisting"},
	"InvalidProperty": &types.InvalidProperty{Name: "token"},
	"SystemError":     &types.SystemError{Reason: "injected"},
}

// faultNamed makes any fault that vim25 has.
func faultNamed(name string) (types.BaseMethodFault, bool) {
	if fault, found := faultsWithFacts[name]; found {
		return fault, true
	}
	kind, found := types.TypeFunc()(name)
	if !found {
		return nil, false
	}
	fault, is := reflect.New(kind).Interface().(types.BaseMethodFault)
	return fault, is
}

func (i *injections) skew() time.Duration {
	i.Lock()
	defer i.Unlock()
	return i.clockSkew
}

func (i *injections) isRestBroken() bool {
	i.Lock()
	defer i.Unlock()
	return i.restBroken
}

func (i *injections) taskFault(method string) (types.BaseMethodFault, bool) {
	i.Lock()
	defer i.Unlock()
	for _, rule := range i.taskFaults {
		if rule.Method == method && rule.Count > 0 {
			rule.Count--
			fault, _ := faultNamed(rule.Fault)
			return fault, rule.Leaves
		}
	}
	return nil, false
}

func (i *injections) arrive(method string) *wireRule {
	i.Lock()
	defer i.Unlock()
	i.calls[method]++
	for _, rule := range i.wireRules {
		if rule.Method == method && rule.Count > 0 {
			rule.Count--
			return rule
		}
	}
	return nil
}

// wire counts calls, remembers sessions and cuts connections.
func (i *injections) wire(ctx *simulator.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/rest") && i.isRestBroken() {
			http.Error(w, "injected", http.StatusServiceUnavailable)
			return
		}
		if serveLibraries(ctx, w, r, next) {
			return
		}
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
		if rule := i.arrive(soapMethod(string(body))); rule != nil && !rule.passes(w, r, next) {
			return
		}
		next.ServeHTTP(w, r)
		i.rememberSession(w.Header().Get("Set-Cookie"))
	})
}

// passes says whether the call goes on as if there were no rule.
func (rule *wireRule) passes(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
	switch {
	case rule.Status != 0:
		http.Error(w, http.StatusText(rule.Status), rule.Status)
	case rule.DelayMs != 0:
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		time.Sleep(time.Duration(rule.DelayMs) * time.Millisecond)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	case rule.Phase == "after":
		next.ServeHTTP(httptest.NewRecorder(), r)
		cut(w)
	default:
		cut(w)
	}
	return false
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
