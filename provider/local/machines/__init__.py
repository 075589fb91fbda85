"""Machines on this computer: systemd-nspawn containers that boot, accept SSH, and lose power like any other host."""
