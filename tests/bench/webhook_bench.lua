-- wrk's requests: full-group events as Chat writes them, of 10,000 groups in no order; no two are the same. They are
-- built ahead: what the generator does meanwhile, the server can not. Arguments: the first event's time, the number of
-- requests to build, and of how many groups of a file of growth_bench they are (0: of the 10,000).
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

-- As tests/bench/growth_file.cpp makes them. The factor is taken in two halves: a product has to stay below 2^53.
local function grown_group(grown)
  local number = math.random(grown)
  return string.format("@TGS#%08X", (number * 0x9E37 % 65536 * 65536 + number * 0x79B1) % 4294967296)
end

function init(args)
  local start, grown = tonumber(args[1]), tonumber(args[3])
  built, sent, requests = tonumber(args[2]), 0, {}
  math.randomseed(start)
  local path = "/chat/webhook?SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
    .. "&ClientIP=203.0.113.7&OptPlatform=RESTAPI"
  -- Without a Connection header some servers close after each answer, Pistache's own among them.
  local headers = { ["Content-Type"] = "application/json", ["Connection"] = "keep-alive" }
  for i = 1, built do
    local group = grown > 0 and grown_group(grown) or string.format("@TGS#2J4SZEAEL%05d", math.random(0, 9999))
    local body = string.format('{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"%s","EventTime":%d}',
      group, start + i)
    requests[i] = wrk.format("POST", path, headers, body)
  end
end

function request()
  sent = sent + 1
  return requests[sent] or requests[built]
end

function done(summary, latency, _)
  local errors, short = summary.errors, 0
  for _, thread in ipairs(threads) do
    if thread:get("sent") > thread:get("built") then short = 1 end
  end
  io.write(string.format("result %d %d %.0f %.0f %.0f %.0f %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, short))
end
