"""Machines on this computer: systemd-nspawn containers that boot, take SSH, and lose power like any other host."""
