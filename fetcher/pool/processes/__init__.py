"""Worker processes: a dispatcher thread, one pipe for each worker, and no shared locks.

multiprocessing.Pool, and pebble, put tasks and results through one pipe that
all workers share under a lock. A worker that dies holding it stops them all.
Here a worker has its own pipe, so its death is its own: the dispatcher sees the
pipe end, fails the item that ran, and starts another worker.
"""
