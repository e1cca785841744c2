"""The trustee's own program: custodian of opening keys and witness of the log, on its own machine, dialling out only."""
