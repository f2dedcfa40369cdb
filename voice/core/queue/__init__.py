"""What the dialogue knows of a queue at one moment: values, read beforehand.

hours      when it is open
status     who stands behind it, and why it cannot take a caller
wait_time  how long a caller will wait, or nothing
"""
