"""The operator's own hosts, reached by SSH: machines in a data centre, or systemd machines on this computer."""
