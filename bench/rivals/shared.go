// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

type item struct {
	id   int
	name string
	tags []string
}

func measureShared(string) {
	runtime.GOMAXPROCS(2)
	bread := &item{7, "bread", []string{"a", "b"}}
	report("lock, free", "ns", perOperation(lockFree))
	report("lock, two want it", "ns", perOperation(inHalves(lockFree)))
	report("queue of numbers", "ns", perOperation(func(times int) { pass(12345, times) }))
	report("queue of objects", "ns", perOperation(func(times int) { pass(bread, times) }))
	report("number, two add", "ns", perOperation(inHalves(addAtomically)))
}

func inHalves(work func(times int)) func(times int) {
	return func(times int) {
		var both sync.WaitGroup
		both.Add(2)
		for half := 0; half < 2; half++ {
			go func() {
				work(times / 2)
				both.Done()
			}()
		}
		both.Wait()
	}
}

func pass(value any, times int) {
	queue := make(chan any, 100)
	go func() {
		for i := 0; i < times; i++ {
			queue <- value
		}
	}()
	for i := 0; i < times; i++ {
		<-queue
	}
}

var total int64

func addAtomically(times int) {
	for i := 0; i < times; i++ {
		atomic.AddInt64(&total, 1)
	}
}
