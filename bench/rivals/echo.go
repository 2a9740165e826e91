// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	echoConnections = 400
	echoRequests    = 200_000
	idleConnections = 8_000
	messageBytes    = 64
)

// measureEcho serves what it gets and has this very program put load on it.
func measureEcho(program string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go acceptAll(listener)
	port := listener.Addr().(*net.TCPAddr).Port

	before := residentBytes()
	idle := exec.Command(program, "echo_idle", fmt.Sprintf("%d %d", port, idleConnections))
	stdin, err := idle.StdinPipe()
	check(err)
	stdout, err := idle.StdoutPipe()
	check(err)
	check(idle.Start())
	_, err = stdout.Read(make([]byte, 1))
	check(err)
	held := residentBytes() - before
	stdin.Close()
	check(idle.Wait())

	arguments := fmt.Sprintf("%d %d %d", port, echoConnections, echoRequests)
	output, err := exec.Command(program, "echo_load", arguments).Output()
	check(err)
	var elapsed float64
	_, err = fmt.Sscan(string(output), &elapsed)
	check(err)
	report("one request", "ns", elapsed/echoRequests)
	report("one idle connection", "bytes", float64(held)/idleConnections)
}

func acceptAll(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		check(err)
		go func() {
			buffer := make([]byte, 1024)
			for {
				length, err := connection.Read(buffer)
				if err != nil {
					break
				}
				if _, err = connection.Write(buffer[:length]); err != nil {
					break
				}
			}
			connection.Close()
		}()
	}
}

func residentBytes() int {
	status, err := os.ReadFile("/proc/self/statm")
	check(err)
	var total, resident int
	_, err = fmt.Sscan(string(status), &total, &resident)
	check(err)
	return resident * os.Getpagesize()
}

// loadEcho opens connections and plays ping-pong on all of them until that many
// messages came back; prints the nanoseconds it took.
func loadEcho(argument string) {
	var port, connections, requests int
	_, err := fmt.Sscan(argument, &port, &connections, &requests)
	check(err)
	clients := dial(port, connections)
	for _, client := range clients {
		playPing(client, 20)
	}
	var all sync.WaitGroup
	all.Add(connections)
	start := time.Now()
	for _, client := range clients {
		go func(client net.Conn) {
			playPing(client, requests/connections)
			all.Done()
		}(client)
	}
	all.Wait()
	fmt.Println(time.Since(start).Nanoseconds())
}

// idleEcho opens connections that send one message, says so, and holds them until its input ends.
func idleEcho(argument string) {
	var port, connections int
	_, err := fmt.Sscan(argument, &port, &connections)
	check(err)
	for _, client := range dial(port, connections) {
		playPing(client, 1)
	}
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	check(err)
}

func dial(port int, connections int) []net.Conn {
	clients := make([]net.Conn, connections)
	for i := range clients {
		client, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		check(err)
		clients[i] = client
	}
	return clients
}

func playPing(client net.Conn, times int) {
	message := []byte(strings.Repeat("tendril ", messageBytes/8))
	answer := make([]byte, messageBytes)
	for i := 0; i < times; i++ {
		_, err := client.Write(message)
		check(err)
		_, err = io.ReadFull(client, answer)
		check(err)
		if !bytes.Equal(message, answer) {
			check(fmt.Errorf("sent %q and got %q", message, answer))
		}
	}
}
