"""What a licence office knows: plain values and rules, without files, clocks, devices or SQL."""
