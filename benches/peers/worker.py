"""What the Python sides of the comparison share: lines of JSON in, lines of JSON out, and clocks."""
import json
import sys
import time


def timed(run):
    """The result, and nanoseconds on the clock and on the processor (of this thread)."""
    wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
    result = run()
    cpu, wall = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
    return result, {"wall_ns": wall, "cpu_ns": cpu}


def serve(commands):
    """Answers each command by the function of its name until the input ends."""
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = commands[command["op"]](command)
        except Exception as error:  # told to who asks; the next command may work
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


# What each kind of picture is stretched to, as the other side does.
def value_range(dtype):
    return {"uint8": (20, 230), "float32": (100, 1100)}.get(str(dtype), (500, 3500))
