"""Stand-in for the `kubernetes` provider: typed objects by server-side apply, with the kinds that this program uses."""
