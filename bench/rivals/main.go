// Copyright 2026 the Tendril authors. MIT license.

// Goroutines on one processor, as rivals: each scenario prints JSON lines {name, ns}.
//
//	go run *.go switch
package main

import (
	"fmt"
	"os"
	"runtime"
)

var scenarios = map[string]func(argument string){
	"switch":             measureSwitch,
	"yield_now":          measureYieldNow,
	"spawn_join":         measureSpawnJoin,
	"spawn_many":         measureSpawnMany,
	"sleepers":           measureSleepers,
	"call_depth":         measureCallDepth,
	"lock":               measureLock,
	"shared":             measureShared,
	"pool_map":           measurePoolMap,
	"parallel_tasks":     measureParallelTasks,
	"parallel_cpu":       measureParallelCPU,
	"fetch":              measureFetch,
	"echo":               measureEcho,
	"echo_load":          loadEcho,
	"echo_idle":          idleEcho,
	"channel_buffered":   measureChannelBuffered,
	"channel_rendezvous": measureChannelRendezvous,
	"channel_waiters":    measureChannelWaiters,
	"select":             measureSelect,
}

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) < 2 || scenarios[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "Error: give the name of a scenario that Go takes part in")
		os.Exit(2)
	}
	argument := ""
	if len(os.Args) > 2 {
		argument = os.Args[2]
	}
	scenarios[os.Args[1]](argument)
}
