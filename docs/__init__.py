"""The documentation: hand-written pages, and tables and diagrams made from the plan by `python -m docs.generate`."""
