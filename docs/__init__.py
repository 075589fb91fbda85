"""The documentation: hand-written pages, and tables and diagrams that `python -m docs.generate` renders."""
