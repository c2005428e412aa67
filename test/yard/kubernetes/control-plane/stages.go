package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	metric "sigs.k8s.io/kwok/kustomize/metrics/resource"
	usage "sigs.k8s.io/kwok/kustomize/metrics/usage"
	nodefast "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	heartbeat "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	podfast "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
)

// writeStages FOLDER writes how kwok's nodes and pods behave, as kwok ships it.
func writeStages(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: stages FOLDER")
	}
	stages := []string{
		nodefast.DefaultNodeInit,
		heartbeat.DefaultNodeHeartbeatWithLease,
		podfast.DefaultPodReady,
		podfast.DefaultPodComplete,
		podfast.DefaultPodDelete,
		metric.DefaultMetricsResource,
		usage.DefaultUsageFromAnnotation,
	}
	return os.WriteFile(filepath.Join(args[1], "kwok.yaml"), []byte(strings.Join(stages, "\n---\n")), 0o600)
}
