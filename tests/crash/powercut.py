def cut_states(stage): return []
