"""What rules look at: resources put together the way the field speaks of them."""
