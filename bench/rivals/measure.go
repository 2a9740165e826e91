// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"time"
)

const (
	sampleTime = 20 * time.Millisecond
	warmUpTime = 100 * time.Millisecond
	samples    = 15
)

// report prints one value of a case under the name of its unit: ns, bytes or count.
func report(name string, unit string, value float64) {
	line, err := json.Marshal(map[string]any{"name": name, unit: value})
	check(err)
	fmt.Println(string(line))
}

// perOperation warms an operation up and gives the lower quartile of several
// samples in nanoseconds, because what else the machine does only adds time.
func perOperation(batch func(times int)) float64 {
	times := 2
	spent := time.Duration(0)
	for {
		elapsed := timed(func() { batch(times) })
		spent += elapsed
		if elapsed < sampleTime/2 {
			times *= 2
		} else if spent >= warmUpTime {
			break
		}
	}
	values := make([]float64, samples)
	for i := range values {
		values[i] = float64(timed(func() { batch(times) })) / float64(times)
	}
	sort.Float64s(values)
	return values[samples/4]
}

func timed(work func()) time.Duration {
	start := time.Now()
	work()
	return time.Since(start)
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}
