"""What operations ask of AWS itself: who is there, how to reach it, and what is kept in its buckets."""
