// Copyright 2026 the Tendril authors. MIT license.
import "npm:effection@4";
