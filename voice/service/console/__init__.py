"""What the console's pages ask and do, without any page: each has its own tests, and a command where a shell wants it.

queues     queues opened and closed by hand
"""
