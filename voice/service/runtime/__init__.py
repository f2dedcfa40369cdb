"""What every process needs: its environment, its log and the time.

settings  what the environment says
logs      structured log lines, numbers masked
faults    faults of the program, told without what they quote
metrics   counters for Prometheus
clock     what time it is
"""
