"""What the scenarios are written with: a scripted server, real clients, packets and keys, labels."""
