// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
)

func measureYieldNow(string) {
	report("yield_now", "ns", perOperation(takeTurns))
}

// takeTurns lets two goroutines give way to each other.
func takeTurns(turns int) {
	var both sync.WaitGroup
	both.Add(2)
	for player := 0; player < 2; player++ {
		go giveWay(turns/2, &both)
	}
	both.Wait()
}

func giveWay(turns int, both *sync.WaitGroup) {
	for turn := 0; turn < turns; turn++ {
		runtime.Gosched()
	}
	both.Done()
}
