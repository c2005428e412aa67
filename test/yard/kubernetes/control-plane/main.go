// A whole Kubernetes control plane in one program, for tests: etcd, API server, controller manager, scheduler, kwok's
// nodes, metrics server and kubectl. The first argument says which of them this process is, so that several clusters
// can run side by side while compiling and linking are paid for once.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	_ "time/tzdata"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	"sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
	metricsserver "sigs.k8s.io/metrics-server/cmd/metrics-server/app"
)

var components = map[string]func(args []string) error{
	"etcd":                    func(args []string) error { etcdmain.Main(args); return nil },
	"kube-apiserver":          func([]string) error { os.Exit(cli.Run(apiserver.NewAPIServerCommand())); return nil },
	"kube-controller-manager": func([]string) error { os.Exit(cli.Run(controllers.NewControllerManagerCommand())); return nil },
	"kube-scheduler":          func([]string) error { os.Exit(cli.Run(scheduler.NewSchedulerCommand())); return nil },
	"kubectl":                 runKubectl,
	"kwok":                    runNodes,
	"metrics-server":          runMetrics,
	"authority":               writeAuthority,
	"stages":                  writeStages,
}

func main() {
	if len(os.Args) < 2 || components[os.Args[1]] == nil {
		names := make([]string, 0, len(components))
		for name := range components {
			names = append(names, name)
		}
		slices.Sort(names)
		fmt.Fprintln(os.Stderr, "usage: control-plane <"+strings.Join(names, "|")+"> ...")
		os.Exit(2)
	}
	os.Args = os.Args[1:]
	if err := components[os.Args[0]](os.Args); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[0], err)
		os.Exit(1)
	}
}

func runKubectl([]string) error {
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
	return nil
}

func runMetrics([]string) error {
	logs.InitLogs()
	defer logs.FlushLogs()
	return metricsserver.NewMetricsServerCommand(genericapiserver.SetupSignalHandler()).Execute()
}

// Kubernetes' packages put a --version that is no boolean on the global flag set, which cobra would take into kwok's.
func runNodes([]string) error {
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ExitOnError)
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := kwoklog.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := config.InitFlags(ctx, flags)
	if err != nil {
		return err
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	return command.ExecuteContext(ctx)
}
