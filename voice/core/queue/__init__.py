"""What the dialogue knows of a queue at one moment: values, read beforehand.

hours      when it is open
windows    when a callback can be had
facts      what was read of queues → the status of each, for one caller
status     who stands behind it, and why it cannot take a caller
wait_time  how long a caller will wait, or nothing
"""
