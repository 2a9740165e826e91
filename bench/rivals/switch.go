// Copyright 2026 the Tendril authors. MIT license.

package main

func measureSwitch(string) {
	report("switch", "ns", perOperation(takeTurns))
}
