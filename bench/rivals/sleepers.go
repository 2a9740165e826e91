// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	sleeperCount    = 250_000
	untilAllSleepMs = 4_000
	spreadMs        = 1_000
)

var asleep, awake int64

func measureSleepers(string) {
	delays := make([]time.Duration, sleeperCount)
	seed := uint32(1)
	for i := range delays {
		seed = seed*1_664_525 + 1_013_904_223
		delays[i] = time.Duration(untilAllSleepMs+seed%spreadMs) * time.Millisecond
	}
	before := memory()
	start := processorTime()
	var all sync.WaitGroup
	all.Add(sleeperCount)
	for i := range delays {
		go sleepOnce(delays[i], &all)
	}
	for atomic.LoadInt64(&asleep) < sleeperCount {
		time.Sleep(20 * time.Millisecond)
	}
	startOfPause := processorTime()
	bytes := memory() - before
	pause := processorTime() - startOfPause
	if atomic.LoadInt64(&awake) > 0 {
		panic("Error: sleepers woke before the memory was measured")
	}
	all.Wait()
	report("processor time", "ns", float64(processorTime()-start-pause)/sleeperCount)
	report("heap", "bytes", float64(bytes)/sleeperCount)
}

func sleepOnce(delay time.Duration, all *sync.WaitGroup) {
	atomic.AddInt64(&asleep, 1)
	time.Sleep(delay)
	atomic.AddInt64(&awake, 1)
	all.Done()
}

// memory gives the bytes in the heap and in stacks, without garbage.
func memory() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse)
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
