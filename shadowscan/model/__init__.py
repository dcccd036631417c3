"""What flows through shadowscan: the event columns and the report document."""
