"""What the benchmarks stand on: directories, processes, servers, the daemon, and the peers."""
