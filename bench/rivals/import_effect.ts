// Copyright 2026 the Tendril authors. MIT license.
import "npm:effect@4";
