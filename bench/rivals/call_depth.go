// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"runtime"
	"sync"
	"time"
)

func measureCallDepth(string) {
	names := []string{"depth 1", "depth 10", "depth 100", "depth 1,000", "depth 100,000"}
	for i, depth := range []int{1, 10, 100, 1_000, 100_000} {
		report(names[i], "ns", perTurnBelow(depth))
	}
	countFrames(million / 10)
	elapsed := timed(func() { countFrames(million) })
	report("a frame of 1,000,000", "ns", float64(elapsed)/million)
}

func perTurnBelow(depth int) float64 {
	turns := 1_000
	for takeTurnsBelow(depth, turns) < sampleTime {
		turns *= 2
	}
	values := make([]float64, 5)
	for i := range values {
		values[i] = float64(takeTurnsBelow(depth, turns)) / float64(turns)
	}
	return median(values)
}

// takeTurnsBelow gives the time from the last arrival at the bottom to the first departure.
func takeTurnsBelow(depth int, turns int) time.Duration {
	var both sync.WaitGroup
	var start, stop time.Time
	both.Add(2)
	bottom := func() {
		start = time.Now()
		for turn := 0; turn < turns/2; turn++ {
			runtime.Gosched()
		}
		if stop.IsZero() {
			stop = time.Now()
		}
		both.Done()
	}
	for player := 0; player < 2; player++ {
		go dive(depth, bottom)
	}
	both.Wait()
	return stop.Sub(start)
}

//go:noinline
func dive(depth int, bottom func()) int {
	if depth > 1 {
		return dive(depth-1, bottom) + 1
	}
	bottom()
	return 1
}

//go:noinline
func countFrames(depth int) int {
	if depth == 0 {
		return 0
	}
	return countFrames(depth-1) + 1
}
