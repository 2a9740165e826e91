// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"crypto/sha256"
	"runtime"
	"sync"
)

func measureParallelCPU(string) {
	runtime.GOMAXPROCS(2)
	bytes := make([]byte, 1<<20)
	works := []struct {
		name string
		work func()
	}{
		{"primes below 30,000", func() { primesBelow(30000) }},
		{"fib(24)", func() { fibonacci(24) }},
		{"SHA-256 of 1 MB", func() { sha256.Sum256(bytes) }},
	}
	for _, one := range works {
		for workers, name := range []string{"one worker", "two workers"} {
			report(one.name+", "+name, "ns", perOperation(func(times int) {
				share(times, workers+1, one.work)
			}))
		}
	}
}

func share(times int, workers int, work func()) {
	orders := make(chan struct{}, times)
	for n := 0; n < times; n++ {
		orders <- struct{}{}
	}
	close(orders)
	var all sync.WaitGroup
	all.Add(workers)
	for worker := 0; worker < workers; worker++ {
		go func() {
			for range orders {
				work()
			}
			all.Done()
		}()
	}
	all.Wait()
}

func primesBelow(below int) int {
	count := 0
	for n := 2; n < below; n++ {
		prime := true
		for d := 2; prime && d*d <= n; d++ {
			prime = n%d != 0
		}
		if prime {
			count++
		}
	}
	return count
}

func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}
