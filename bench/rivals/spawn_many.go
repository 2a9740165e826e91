// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
)

const million = 1_000_000

func measureSpawnMany(string) {
	joinMany(million)
	values := make([]float64, 2)
	for i := range values {
		runtime.GC()
		values[i] = float64(timed(func() { joinMany(million) })) / million
	}
	report("spawn_many", "ns", median(values))
}

func joinMany(times int) {
	var all sync.WaitGroup
	all.Add(times)
	for index := 0; index < times; index++ {
		go work(index, &all)
	}
	all.Wait()
}
