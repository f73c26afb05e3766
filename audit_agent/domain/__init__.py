"""What an audit is: plain values and rules. No I/O, no clock, no Temporal."""
