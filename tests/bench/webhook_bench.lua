-- wrk's requests: full-group events of 10,000 groups, as Chat writes them; no two are the same.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  start = tonumber(args[1])
  count = 0
  path = "/chat/webhook?SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
    .. "&ClientIP=203.0.113.7&OptPlatform=RESTAPI"
  headers = { ["Content-Type"] = "application/json" }
end

function request()
  count = count + 1
  local body = string.format(
    '{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#2J4SZEAEL%05d","EventTime":%d}',
    (count * 7919 + id * 4999) % 10000, start + count * 2 + id)
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("result %d %d %.0f %.0f %.0f %.0f %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
