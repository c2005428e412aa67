// A vSphere endpoint for tests: govmomi's simulator, with guests that get addresses, clusters that can be full,
// and an admin port that injects what the simulator never does by itself. README.md says which is which.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"

	_ "github.com/vmware/govmomi/lookup/simulator"
	_ "github.com/vmware/govmomi/pbm/simulator"
	_ "github.com/vmware/govmomi/sts/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
)

type options struct {
	listen, admin, certificate      string
	user                            string
	clusters, hosts, machines       int
	datastores                      int
	hostMemoryMiB                   int64
	hostCores                       int
	overcommit                      float64
	bootDelay, sessionTimeout       time.Duration
	cloneDelay                      time.Duration
	guestRange, version, template   string
	templateMemoryMiB, templateCPUs int
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8989", "https address of the endpoint")
	flag.StringVar(&o.admin, "admin", "127.0.0.1:8990", "plain http address that injects faults")
	flag.StringVar(&o.certificate, "certificate", "", "file that receives the self-signed certificate (PEM)")
	flag.StringVar(&o.user, "user", "yard@vsphere.local", "the only user; the password is in YARD_VSPHERE_PASSWORD")
	flag.IntVar(&o.clusters, "clusters", 2, "compute clusters in the datacenter")
	flag.IntVar(&o.hosts, "hosts", 2, "hosts per cluster")
	flag.IntVar(&o.machines, "machines", 2, "machines of other people per cluster; the first becomes the template")
	flag.IntVar(&o.datastores, "datastores", 1, "datastores, each seen by every host")
	flag.Int64Var(&o.hostMemoryMiB, "host-memory-mib", 65536, "memory per host")
	flag.IntVar(&o.hostCores, "host-cores", 32, "cores per host")
	flag.Float64Var(&o.overcommit, "overcommit", 1, "a cluster takes powered-on memory up to its hosts' memory times this")
	flag.DurationVar(&o.bootDelay, "boot-delay", 500*time.Millisecond, "from power-on to the guest's address")
	flag.DurationVar(&o.cloneDelay, "clone-delay", 0, "time that each clone takes on top")
	flag.DurationVar(&o.sessionTimeout, "session-timeout", 30*time.Minute, "idle sessions end after this")
	flag.StringVar(&o.guestRange, "guest-range", "127.10.0.0/16", "IPv4 range of guest addresses")
	flag.StringVar(&o.version, "version", "8.0.3", "version that the endpoint reports")
	flag.StringVar(&o.template, "template", "yard-template", "name of the template to clone")
	flag.IntVar(&o.templateMemoryMiB, "template-memory-mib", 2048, "memory of the template")
	flag.IntVar(&o.templateCPUs, "template-cpus", 2, "CPUs of the template")
	flag.Parse()
	return o
}

func main() {
	o := parseOptions()
	password := os.Getenv("YARD_VSPHERE_PASSWORD")
	if password == "" {
		log.Fatal("YARD_VSPHERE_PASSWORD is empty: the endpoint would accept any password")
	}
	model := simulator.VPX()
	model.Datacenter, model.Cluster, model.ClusterHost, model.Host = 1, o.clusters, o.hosts, 0
	model.Machine, model.Pool, model.Datastore = o.machines, 0, o.datastores
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	defer model.Remove()
	ctx := model.Service.Context
	injected := newInjections()
	dressInventory(ctx, o)
	admit(ctx, injected, o)
	guests, err := newGuests(o.guestRange, o.bootDelay)
	if err != nil {
		log.Fatal(err)
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		log.Fatal(err)
	}
	model.Service.Listen = &url.URL{Host: o.listen, User: url.UserPassword(o.user, password)}
	model.Service.TLS = selfSigned(host, o.certificate)
	model.Service.RegisterEndpoints = true
	server := model.Service.NewServer()
	server.Config.Handler = injected.wire(ctx, server.Config.Handler)
	go guests.play(ctx)
	go func() { log.Fatal(http.ListenAndServe(o.admin, injected.admin(model.Service, ctx, o.hostMemoryMiB))) }()
	ready, _ := json.Marshal(map[string]any{"url": "https://" + o.listen + "/sdk", "admin": "http://" + o.admin})
	fmt.Println(string(ready))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}
