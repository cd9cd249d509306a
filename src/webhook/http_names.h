#pragma once

#include "http/handler.h"
#include "http/server_message.h"

// What this folder says without naming where it is from.
namespace headroom::webhook {

using http::Fields;
using http::Handler;
using http::Request;
using http::Respond;
using http::Response;
using http::SteadyTime;

}  // namespace headroom::webhook
