// Copyright 2026 the Tendril authors. MIT license.

package main

import "sync"

func measureSpawnJoin(string) {
	report("spawn_join", "ns", perOperation(joinEach))
}

var sum int

func joinEach(times int) {
	var one sync.WaitGroup
	for index := 0; index < times; index++ {
		one.Add(1)
		go work(index, &one)
		one.Wait()
	}
}

func work(index int, done *sync.WaitGroup) {
	sum += index
	done.Done()
}
