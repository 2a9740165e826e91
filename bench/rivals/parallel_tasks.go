// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
)

type job struct {
	value  float64
	result chan<- float64
}

func measureParallelTasks(string) {
	runtime.GOMAXPROCS(2)
	jobs := make(chan job, 1024)
	for worker := 0; worker < 2; worker++ {
		go func() {
			for one := range jobs {
				one.result <- one.value
			}
		}()
	}
	report("no-op, all at once", "ns", perOperation(func(times int) {
		results := make(chan float64, times)
		for n := 0; n < times; n++ {
			jobs <- job{float64(n), results}
		}
		for n := 0; n < times; n++ {
			<-results
		}
	}))
	report("no-op, one at a time", "ns", perOperation(func(times int) {
		result := make(chan float64)
		for n := 0; n < times; n++ {
			jobs <- job{float64(n), result}
			<-result
		}
	}))
	report("map of fractions", "ns", perOperation(mapFractions))
}

func mapFractions(times int) {
	items := make([]float64, times)
	results := make([]float64, times)
	var done sync.WaitGroup
	for worker := 0; worker < 2; worker++ {
		done.Add(1)
		go func(from, to int) {
			for n := from; n < to; n++ {
				results[n] = items[n]
			}
			done.Done()
		}(times*worker/2, times*(worker+1)/2)
	}
	done.Wait()
}
