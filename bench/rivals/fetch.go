// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
)

const files = 2_000

func measureFetch(server string) {
	transport := &http.Transport{MaxIdleConnsPerHost: limit}
	client := &http.Client{Transport: transport}
	downloadAll(client, server)
	elapsed := timed(func() { downloadAll(client, server) })
	report("fetch", "ns", float64(elapsed)/files)
}

func downloadAll(client *http.Client, server string) {
	indexes := make(chan int)
	var all sync.WaitGroup
	all.Add(limit)
	for worker := 0; worker < limit; worker++ {
		go func() {
			for index := range indexes {
				response, err := client.Get(fmt.Sprintf("%s/%d", server, index))
				check(err)
				_, err = io.ReadAll(response.Body)
				check(err)
				response.Body.Close()
			}
			all.Done()
		}()
	}
	for index := 0; index < files; index++ {
		indexes <- index
	}
	close(indexes)
	all.Wait()
}
