-- Asks for each address of a file once, in order, and writes how long that took; wrk then waits to be interrupted.
-- wrk -t1 -cN -d600s -s urls.lua HOST -- FILE OUT
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long sec; long nsec; } moment; int clock_gettime(int clock, moment *now); ]]
local now = ffi.new("moment")
local function milliseconds()
    ffi.C.clock_gettime(1, now)
    return tonumber(now.sec) * 1000 + tonumber(now.nsec) / 1e6
end

local paths, sent, answered, failed, bytes = {}, 0, 0, 0, 0
local out, first, ended
function init(arguments)
    for line in io.lines(arguments[1]) do paths[#paths + 1] = line end
    out = arguments[2]
end
function request()
    sent = sent + 1
    first = first or milliseconds()
    return wrk.format("GET", paths[(sent - 1) % #paths + 1])
end
function response(status, headers, body)
    answered = answered + 1
    bytes = bytes + #body
    if status ~= 200 or (headers["Content-Type"] or headers["content-type"]) ~= "image/png" then failed = failed + 1 end
    if answered == #paths and not ended then
        ended = milliseconds()
        local file = io.open(out, "w")
        file:write(string.format('{"seconds": %f, "answers": %d, "failed": %d, "bytes": %d}', (ended - first) / 1000, answered, failed, bytes))
        file:close()
        wrk.thread:stop()
    end
end

-- Runs apart from the above, when wrk is told to end.
function done(summary, latency, requests)
    io.write(string.format('PERCENTILES {"p50_ms": %f, "p99_ms": %f}\n', latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
