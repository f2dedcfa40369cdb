"""What every process needs: its environment, its log and the time.

settings  what the environment says
logs      structured log lines, numbers masked
clock     what time it is
"""
