// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
)

const limit = 16

func measurePoolMap(string) {
	report("pool_map", "ns", perOperation(mapItems))
}

func mapItems(count int) {
	results := make([]int, count)
	indexes := make(chan int)
	var all sync.WaitGroup
	all.Add(limit)
	for worker := 0; worker < limit; worker++ {
		go func() {
			for index := range indexes {
				runtime.Gosched()
				results[index] = index * 2
			}
			all.Done()
		}()
	}
	for index := 0; index < count; index++ {
		indexes <- index
	}
	close(indexes)
	all.Wait()
}
