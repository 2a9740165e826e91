// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
)

var mutex sync.Mutex

func measureLock(string) {
	report("free", "ns", perOperation(lockFree))
	report("handed over", "ns", perOperation(lockInTurn))
}

func lockFree(times int) {
	for i := 0; i < times; i++ {
		mutex.Lock()
		sum++
		mutex.Unlock()
	}
}

func lockInTurn(times int) {
	var both sync.WaitGroup
	both.Add(2)
	for player := 0; player < 2; player++ {
		go holdInTurn(times/2, &both)
	}
	both.Wait()
}

func holdInTurn(turns int, both *sync.WaitGroup) {
	for turn := 0; turn < turns; turn++ {
		mutex.Lock()
		runtime.Gosched()
		mutex.Unlock()
	}
	both.Done()
}
