"""Random faults between callvault and a store; `make faults`."""
