// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

func init() {
	scenarios["download"] = downloadFiles
	scenarios["download_delay"] = delayConnections
}

// downloadFiles gets the URLs in a list into a folder, some at a time, each in
// some pieces: "list folder concurrency segments".
func downloadFiles(argument string) {
	runtime.GOMAXPROCS(runtime.NumCPU())
	var list, folder string
	var concurrency, segments int
	_, err := fmt.Sscan(argument, &list, &folder, &concurrency, &segments)
	check(err)
	content, err := os.ReadFile(list)
	check(err)
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: concurrency * segments,
		DisableCompression:  true,
	}}
	urls := make(chan string)
	var all sync.WaitGroup
	for worker := 0; worker < concurrency; worker++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for url := range urls {
				downloadFile(client, url, filepath.Join(folder, filepath.Base(url)), segments)
			}
		}()
	}
	for _, url := range strings.Fields(string(content)) {
		urls <- url
	}
	close(urls)
	all.Wait()
}

func downloadFile(client *http.Client, url string, path string, segments int) {
	file, err := os.Create(path)
	check(err)
	defer func() { check(file.Close()) }()
	if segments == 1 {
		response, err := client.Get(url)
		check(err)
		_, err = io.Copy(file, response.Body)
		check(err)
		response.Body.Close()
		return
	}
	response, err := client.Head(url)
	check(err)
	response.Body.Close()
	length := response.ContentLength
	var all sync.WaitGroup
	for segment := int64(0); segment < int64(segments); segment++ {
		start := length * segment / int64(segments)
		end := length * (segment + 1) / int64(segments)
		all.Add(1)
		go func() {
			defer all.Done()
			request, err := http.NewRequest("GET", url, nil)
			check(err)
			request.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", start, end-1))
			response, err := client.Do(request)
			check(err)
			part, err := os.OpenFile(path, os.O_WRONLY, 0)
			check(err)
			_, err = part.Seek(start, io.SeekStart)
			check(err)
			_, err = io.Copy(part, response.Body)
			check(err)
			response.Body.Close()
			check(part.Close())
		}()
	}
	all.Wait()
}

// delayConnections makes a server seem far away: "address milliseconds". Half
// of the time is spent on each way, and a connection takes all of it to be
// made. It prints its port, and ends with its standard input.
func delayConnections(argument string) {
	runtime.GOMAXPROCS(runtime.NumCPU())
	var address string
	var ms int
	_, err := fmt.Sscan(argument, &address, &ms)
	check(err)
	trip := time.Duration(ms) * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				server, err := net.Dial("tcp", address)
				check(err)
				go delay(client, server, trip/2, time.Now().Add(trip))
				delay(server, client, trip/2, time.Time{})
			}()
		}
	}()
	bufio.NewReader(os.Stdin).ReadByte()
}

type piece struct {
	bytes []byte
	due   time.Time
}

// delay passes on what comes from one end to the other, later, and nothing
// before notBefore.
func delay(from net.Conn, to net.Conn, by time.Duration, notBefore time.Time) {
	pieces := make(chan piece, 10_000)
	go func() {
		for {
			buffer := make([]byte, 32*1024)
			count, err := from.Read(buffer)
			if err != nil {
				close(pieces)
				return
			}
			due := time.Now().Add(by)
			if due.Before(notBefore) {
				due = notBefore
			}
			pieces <- piece{buffer[:count], due}
		}
	}()
	for next := range pieces {
		time.Sleep(time.Until(next.due))
		if _, err := to.Write(next.bytes); err != nil {
			break
		}
	}
	to.Close()
	for range pieces {
	}
}
