-- wrk's requests: full-group events of 10,000 groups, as Chat writes them; no two are the same. With a second argument
-- they are of groups of a file of growth_bench that has so many, in no order.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  start = tonumber(args[1])
  grown = tonumber(args[2] or 0)
  count = 0
  path = "/chat/webhook?SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
    .. "&ClientIP=203.0.113.7&OptPlatform=RESTAPI"
  headers = { ["Content-Type"] = "application/json" }
end

-- As tests/bench/growth_file.cpp makes them. The factor is taken in two halves: a product has to stay below 2^53.
local function grown_group()
  local number = math.random(grown)
  return string.format("@TGS#%08X", (number * 0x9E37 % 65536 * 65536 + number * 0x79B1) % 4294967296)
end

function request()
  count = count + 1
  local group = grown > 0 and grown_group() or string.format("@TGS#2J4SZEAEL%05d", (count * 7919 + id * 4999) % 10000)
  local body = string.format('{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"%s","EventTime":%d}',
    group, start + count * 2 + id)
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("result %d %d %.0f %.0f %.0f %.0f %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
