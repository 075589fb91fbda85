"""Workers: how one joins, and how a control-plane node approves its certificate."""
