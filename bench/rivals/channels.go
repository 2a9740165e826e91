// Copyright 2026 the Tendril authors. MIT license.

package main

import (
	"fmt"
	"sync"
)

func measureChannelBuffered(string) {
	report("channel_buffered", "ns", perOperation(passItems))
}

// passItems sends items through a channel with room for a hundred.
func passItems(items int) {
	var both sync.WaitGroup
	both.Add(2)
	channel := make(chan int, 100)
	go sendAll(channel, items, &both)
	go receiveAll(channel, items, &both)
	both.Wait()
}

func sendAll(channel chan<- int, items int, done *sync.WaitGroup) {
	for item := 0; item < items; item++ {
		channel <- item
	}
	done.Done()
}

func receiveAll(channel <-chan int, items int, done *sync.WaitGroup) {
	sum := 0
	for item := 0; item < items; item++ {
		sum += <-channel
	}
	done.Done()
}

func measureChannelRendezvous(string) {
	report("channel_rendezvous", "ns", perOperation(playPingPong))
}

// playPingPong hands an item to and fro over two channels without room.
func playPingPong(items int) {
	var both sync.WaitGroup
	both.Add(2)
	there, back := make(chan int), make(chan int)
	turns := items / 2
	go func() {
		for turn := 0; turn < turns; turn++ {
			there <- turn
			<-back
		}
		both.Done()
	}()
	go func() {
		for turn := 0; turn < turns; turn++ {
			back <- <-there
		}
		both.Done()
	}()
	both.Wait()
}

func measureSelect(string) {
	for _, capacity := range []int{100, 0} {
		ns := perOperation(func(items int) { collect(items/4, capacity) })
		report(fmt.Sprintf("capacity %d", capacity), "ns", ns)
	}
}

// collect takes whatever comes first from four producers.
func collect(itemsEach int, capacity int) {
	var producers sync.WaitGroup
	producers.Add(4)
	var channels [4]chan int
	for i := range channels {
		channels[i] = make(chan int, capacity)
		go sendAll(channels[i], itemsEach, &producers)
	}
	a, b, c, d := channels[0], channels[1], channels[2], channels[3]
	sum := 0
	for item := 0; item < itemsEach*4; item++ {
		select {
		case value := <-a:
			sum += value
		case value := <-b:
			sum += value
		case value := <-c:
			sum += value
		case value := <-d:
			sum += value
		}
	}
	producers.Wait()
}

func measureChannelWaiters(string) {
	for _, count := range []int{1, 1_000, 100_000} {
		report("handed to one of "+thousands(count), "ns", perOperation(handing(count)))
		report("leaves, one of "+thousands(count), "ns", perOperation(leaving(count)))
	}
}

// handing keeps goroutines in line for a channel, and hands items to the first.
func handing(count int) func(items int) {
	channel := make(chan int)
	for i := 0; i < count; i++ {
		go func() {
			for {
				<-channel
			}
		}()
	}
	return func(items int) {
		for item := 0; item < items; item++ {
			channel <- item
		}
	}
}

// leaving keeps goroutines in line for a channel, and calls one from
// its front half and one from its back half in turn.
func leaving(count int) func(times int) {
	never := make(chan int)
	calls := make([]chan int, count)
	for i := range calls {
		call := make(chan int)
		calls[i] = call
		go func() {
			for {
				select {
				case <-never:
				case <-call:
				}
			}
		}()
	}
	at := 0
	return func(times int) {
		for i := 0; i < times; i += 2 {
			calls[at] <- i
			calls[(at+count/2)%count] <- i
			at = (at + 1) % count
		}
	}
}

func thousands(count int) string {
	if count < 1000 {
		return fmt.Sprint(count)
	}
	return fmt.Sprintf("%d,%03d", count/1000, count%1000)
}
