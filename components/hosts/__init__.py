"""One's own hosts, reached by SSH: a data centre's machines, or systemd machines on this computer."""
